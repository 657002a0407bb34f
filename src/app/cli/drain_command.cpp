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
  bool cancel = false, no_wait = false, keep_clients = false;
  int timeout_s = 60;
};

int slots_of(const json& progress) { return progress["slots"].value("owned", 0); }
int clients_of(const json& progress) { return progress.value("connections", 0); }

/// Nothing is left, or nothing more will come of waiting.
bool settled(const json& progress) {
  return !progress.value("draining", false) || progress.value("done", false) || progress.contains("problem");
}

result<json> wait(const drain_arguments& a, const node_address& at, json progress) {
  const auto until = clock::now() + std::chrono::seconds(a.timeout_s);
  for (std::pair said{-1, -1}; !settled(progress) && clock::now() < until;) {
    const std::pair left{slots_of(progress), clients_of(progress)};
    if (std::exchange(said, left) != left && !a.node.json())
      std::fprintf(stderr, "%d slots left, %d clients connected\n", left.first, left.second);
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
    std::puts(fmt::format("{} slots left, {} clients connected", slots_of(progress), clients_of(progress)).c_str());
  if (!a.node.json() && progress.contains("problem"))
    std::fprintf(stderr, "%s\n", progress.value("problem", "").c_str());
  return finished ? 0 : 1;
}

int drain(const drain_arguments& a, const command_context& context) {
  const auto at = a.node.address(context.environment);
  const json wish{{"on", !a.cancel}, {"clients", !a.keep_clients}};
  auto progress = ask_node(at, "POST", "/drain", wish.dump());
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
  auto* command = program.add_subcommand("drain", "Have a running node give its rooms and clients to the others");
  a->node.add_to(*command);
  auto* cancel = command->add_flag("--cancel", a->cancel, "Take it back: the node takes rooms again");
  command->add_flag("--no-wait", a->no_wait, "Do not wait until slots and clients have moved")->excludes(cancel);
  command->add_flag("--keep-clients", a->keep_clients, "Move the rooms only; clients stay connected")->excludes(cancel);
  command->add_option("-t,--timeout", a->timeout_s, "Wait so many seconds")
    ->type_name("S")
    ->capture_default_str()
    ->check(CLI::Range(1, 86'400));
  command->footer("Its readiness falls, so balancers send new clients elsewhere; its slots move; then its clients are closed a\n"
                  "batch at a time (cluster.drain_clients_per_second), and connect again elsewhere by themselves. Then stop the\n"
                  "process (SIGTERM drains by itself), or take the drain back. Exit code 0: no slot and, without\n"
                  "--keep-clients, no client is left; 1: some are, and why.\n\n"
                  "Examples:\n"
                  "  TROUPE_API_KEY=... troupe drain --url http://chat-1:3001\n"
                  "  troupe drain --url http://chat-1:3001 --key ... --cancel");
  command->callback([a, &context] { context.chosen = [a, &context] { return drain(*a, context); }; });
}

} // namespace troupe::app
