#include "app/cli/command.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <thread>

namespace troupe::app {
namespace {

using json = nlohmann::ordered_json;

constexpr duration look_every{200};

struct drain_arguments {
  node_arguments node;
  bool cancel = false, no_wait = false;
  int timeout_s = 60;
};

int slots_of(const json& progress) { return progress["slots"].value("owned", 0); }

/// Nothing is left, or nothing more will come of waiting.
bool settled(const json& progress) {
  return !progress.value("draining", false) || progress.value("done", false) || progress.contains("problem");
}

result<json> wait(const drain_arguments& a, const node_address& at, json progress) {
  const auto until = clock::now() + std::chrono::seconds(a.timeout_s);
  for (int said = -1; !settled(progress) && clock::now() < until;) {
    if (std::exchange(said, slots_of(progress)) != slots_of(progress) && !a.node.json())
      std::fprintf(stderr, "%d slots left\n", slots_of(progress));
    std::this_thread::sleep_for(look_every);
    auto next = ask_node(at, "GET", "/drain");
    if (!next)
      return next.error();
    progress = *std::move(next);
  }
  return {boost::system::in_place_value, std::move(progress)};
}

/// What became of it, for people; the exit code.
int conclude(const drain_arguments& a, const json& progress) {
  const bool finished = a.no_wait ? !progress.contains("problem") : progress.value("done", false);
  if (a.node.json())
    std::puts(progress.dump(2).c_str());
  else if (!progress.value("draining", false))
    std::fputs("somebody took the drain back\n", stderr);
  else
    std::puts(
      fmt::format("{} slots left, {} clients connected", slots_of(progress), progress.value("connections", 0)).c_str());
  if (!a.node.json() && progress.contains("problem"))
    std::fprintf(stderr, "%s\n", progress.value("problem", "").c_str());
  return finished ? 0 : 1;
}

int drain(const drain_arguments& a, const command_context& context) {
  const auto at = a.node.address(context.environment);
  auto progress = ask_node(at, "POST", "/drain", a.cancel ? R"({"on":false})" : R"({"on":true})");
  if (progress && !a.cancel && !a.no_wait)
    progress = wait(a, at, *std::move(progress));
  if (!progress)
    return report(progress.error());
  if (!a.cancel)
    return conclude(a, *progress);
  std::puts(a.node.json() ? progress->dump(2).c_str() : "the node takes rooms again");
  return 0;
}

} // namespace

void add_drain(CLI::App& program, command_context& context) {
  auto a = std::make_shared<drain_arguments>();
  auto* command = program.add_subcommand("drain", "Have a running node give its rooms to the others");
  a->node.add_to(*command);
  auto* cancel = command->add_flag("--cancel", a->cancel, "Take it back: the node takes rooms again");
  command->add_flag("--no-wait", a->no_wait, "Do not wait until all slots have moved")->excludes(cancel);
  command->add_option("-t,--timeout", a->timeout_s, "Wait so many seconds")
    ->type_name("S")
    ->capture_default_str()
    ->check(CLI::Range(1, 86'400));
  command->footer("Its readiness falls, so balancers send new clients elsewhere; clients that are connected stay, and their\n"
                  "rooms go on. Then stop the process (SIGTERM), or take the drain back. Exit code 0: no slot is left; 1:\n"
                  "some are, and why.\n\n"
                  "Examples:\n"
                  "  TROUPE_API_KEY=... troupe drain --url http://chat-1:3001\n"
                  "  troupe drain --url http://chat-1:3001 --key ... --cancel");
  command->callback([a, &context] { context.chosen = [a, &context] { return drain(*a, context); }; });
}

} // namespace troupe::app
