#include "app/cli/command.hpp"
#include "app/cli/load_arguments.hpp"
#include "load/report/report.hpp"
#include "load/run.hpp"

#include <cstdio>
#include <fstream>
#include <memory>

namespace troupe::app {
namespace {

using load::scenario_kind;

struct scenario_text {
  scenario_kind kind;
  const char* description;
  const char* footer;
};

constexpr scenario_text scenarios[] = {
  {scenario_kind::connect, "How fast connections come in",
   "Connects, upgrades to WebSocket, connects to the namespace and joins a room, for every connection; reports how "
   "long\n"
   "each step took, and how many failed and why.\n\n"
   "Examples:\n"
   "  troupe load connect --connections 10000\n"
   "  troupe load connect -N 2000 --connect-rate 500 --url https://localhost:8443 --ca ca.pem"},
  {scenario_kind::idle, "What connections cost that do nothing",
   "Brings everybody in and answers pings; reports memory per connection, idle CPU and connections that were lost.\n\n"
   "Example:\n"
   "  troupe load idle -N 10000 --duration 300 --server-pid $(pidof troupe)"},
  {scenario_kind::fanout, "Rooms in which some publish and all receive",
   "Closed loop (--in-flight): as fast as the server delivers. Open loop (--rate): at a fixed pace. Every delivery is\n"
   "checked: lost, doubled, out of order, or in another order than another member saw.\n\n"
   "Examples:\n"
   "  troupe load fanout -N 1000 --rooms 10 --publishers 2 --in-flight 4 --server-pid $(pidof troupe)\n"
   "  troupe load fanout -N 10000 --rate 50 --payload-bytes 1024 --json result.json\n"
   "  troupe load fanout --url http://localhost:3000 --join '[\"join\",\"{room}\"]' --join-reply none \\\n"
   "    --publish '[\"say\",\"{room}\",\"{body}\"]' --deliver said"},
  {scenario_kind::echo, "Requests and their answers",
   "Every connection asks and waits for the answer. A Troupe node answers `echo` with this rule in its configuration:\n"
   "  events: {rules: [{name: echo, to: sender, stamp: false}]}\n\n"
   "Examples:\n"
   "  troupe load echo -N 100 --in-flight 4\n"
   "  troupe load echo -N 1000 --rate 5000 --echo-reply event"},
  {scenario_kind::chat, "People who come, talk, leave and come back",
   "Members talk at random moments, leave by the leave event and by disconnecting in turn, and come back. For soaks: "
   "with\n"
   "--server-pid the JSON holds the server's memory every 10 seconds. Deliveries are checked as in fanout, counting "
   "what a\n"
   "member missed only while it was there.\n\n"
   "Example:\n"
   "  troupe load chat -N 10000 --rooms 1000 --rate 500 --stay 60 --duration 3600 --server-pid $(pidof troupe) \\\n"
   "    --json soak.json"},
  {scenario_kind::reconnect, "All connections break, and all come back",
   "Cuts all connections at once by a TCP reset and reports how long it takes until the last one is live again. "
   "Handshakes\n"
   "that fail are tried again after 50 to 150 ms, and are counted.\n\n"
   "Example:\n"
   "  troupe load reconnect -N 10000 --storms 3 --source-addresses 4"}};

int report(const load::options& o, const load::run_result& r) {
  const auto json = load::to_json(o, r);
  const bool only_json = o.json_file == "-";
  if (!o.json_file.empty() && !only_json)
    if (!(std::ofstream{o.json_file} << json)) {
      std::fprintf(stderr, "the file %s cannot be written\n", o.json_file.c_str());
      return 1;
    }
  const auto text = only_json ? json : load::to_table(o, r);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return r.good() ? 0 : 1;
}

int generate(const load_arguments& a) {
  const auto options = a.finish();
  if (!options) {
    std::fprintf(stderr, "%s\n", options.error().message.c_str());
    return exit_usage;
  }
  const auto result = load::run(*options);
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return exit_usage;
  }
  return report(*options, *result);
}

} // namespace

void add_load(CLI::App& program, command_context& context) {
  auto* command = program.add_subcommand("load", "Put a server under load and measure it");
  command->require_subcommand(1);
  command->footer("Works with any Socket.IO server: --join, --publish, --deliver and --echo say what its events look "
                  "like; the defaults\n"
                  "are Troupe's. Prints a table, writes everything with --json FILE. Exit code 0: all went well; 1: a "
                  "message was lost,\n"
                  "doubled or out of order, or a connection failed; 2: the command line is wrong. Ctrl-C ends a run "
                  "with its results so\n"
                  "far. `troupe load SCENARIO --help` lists the options; docs/load.md explains the figures.");
  for (const auto& text : scenarios) {
    auto a = std::make_shared<load_arguments>();
    auto* scenario = command->add_subcommand(load::name_of(text.kind), text.description);
    a->add_to(*scenario, text.kind);
    scenario->footer(text.footer);
    scenario->callback([a, &context] { context.chosen = [a] { return generate(*a); }; });
  }
}

} // namespace troupe::app
