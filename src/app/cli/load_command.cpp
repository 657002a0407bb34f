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
   "Connects, upgrades to WebSocket, connects to the namespace and joins a room, for every connection; reports how long\n"
   "each step took, and how many failed and why.\n\n"
   "Examples:\n"
   "  troupe load connect --connections 10000\n"
   "  troupe load connect -N 2000 --connect-rate 500 --url https://localhost:8443 --ca ca.pem"},
  {scenario_kind::fanout, "Rooms in which some publish and all receive",
   "Closed loop (--in-flight): as fast as the server delivers. Open loop (--rate): at a fixed pace. Every delivery is\n"
   "checked: lost, doubled, out of order, or in another order than another member saw.\n\n"
   "Examples:\n"
   "  troupe load fanout -N 1000 --rooms 10 --publishers 2 --in-flight 4 --server-pid $(pidof troupe)\n"
   "  troupe load fanout -N 10000 --rate 50 --payload-bytes 1024 --json result.json\n"
   "  troupe load fanout --url http://localhost:3000 --join '[\"join\",\"{room}\"]' --join-reply none \\\n"
   "    --publish '[\"say\",\"{room}\",\"{body}\"]' --deliver said"}};

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
  command->footer(
    "Works with any Socket.IO server: --join, --publish, --deliver and --echo say what its events look like; the defaults\n"
    "are Troupe's. Prints a table, writes everything with --json FILE. Exit code 0: all went well; 1: a message was lost,\n"
    "doubled or out of order, or a connection failed; 2: the command line is wrong. Ctrl-C ends a run with its results so\n"
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
