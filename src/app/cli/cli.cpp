#include "app/cli/cli.hpp"

#include "app/cli/command.hpp"

#include <unistd.h>

namespace troupe::app {
namespace {

constexpr const char* examples = R"(Examples:
  troupe serve                                     a node on port 3001, open to everybody
  troupe serve --port 8080 --log-level debug
  troupe serve --config /etc/troupe/troupe.yaml    what a service runs
  troupe check-config --config troupe.yaml         every mistake in a file, before a deployment
  troupe print-config --origins                    what is in effect, and where it came from
  troupe token --user ann --role producer --expires 1h
  troupe nodes --url http://localhost:3001         the cluster as one node sees it (key: TROUPE_API_KEY)
  troupe load fanout --connections 1000            what this machine and a server can do

`troupe COMMAND --help` says more about each. Documentation: docs/ beside the sources.)";

} // namespace

int run_cli(
  const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
  const std::function<int(const loaded&)>& serve) {
  CLI::App program{"Troupe, a realtime server for Socket.IO clients.", "troupe"};
  program.require_subcommand(1);
  program.footer(examples);
  command_context context{environment, serve, {}};
  for (auto* add : {add_serve, add_check_config, add_print_config, add_token, add_nodes, add_rooms, add_drain, add_doctor, add_load, add_version})
    add(program, context);
  try {
    std::vector<std::string> reversed{arguments.rbegin(), arguments.rend() - (arguments.empty() ? 0 : 1)};
    program.parse(std::move(reversed)); // CLI11 takes a vector from its end
  } catch (const CLI::ParseError& e) {
    return program.exit(e) == 0 ? 0 : exit_usage;
  }
  return context.chosen();
}

std::map<std::string, std::string> process_environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text{*entry};
    if (auto equals = text.find('='); equals != std::string_view::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

} // namespace troupe::app
