#include "app/cli/command.hpp"

#include <memory>

namespace troupe::app {
namespace {

struct serve_arguments {
  config_arguments config;
  std::string port;
  std::string log_level;
};

int serve(serve_arguments& a, const command_context& context) {
  if (!a.port.empty())
    a.config.shortcuts.push_back({"server.port", a.port, "--port"});
  if (!a.log_level.empty())
    a.config.shortcuts.push_back({"log.level", a.log_level, "--log-level"});
  auto configuration = a.config.load(context.environment);
  return configuration ? context.serve(*configuration) : exit_usage;
}

} // namespace

void add_serve(CLI::App& program, command_context& context) {
  auto a = std::make_shared<serve_arguments>();
  auto* command = program.add_subcommand("serve", "Run a node");
  a->config.add_to(*command);
  command->add_option("-p,--port", a->port, "Port to listen on (server.port); 0 takes a free one")->type_name("N");
  command->add_option("-l,--log-level", a->log_level, "trace, debug, info, warn, error or off (log.level)")
    ->type_name("LEVEL");
  command->footer("Stops gracefully at SIGTERM or SIGINT; a second signal ends it at once.\n\n"
                  "Examples:\n"
                  "  troupe serve\n"
                  "  troupe serve --port 8080 --set cors.origins=https://chat.example.com\n"
                  "  AUTH_SECRET=... troupe serve --set auth.mode=token");
  command->callback([a, &context] { context.chosen = [a, &context] { return serve(*a, context); }; });
}

} // namespace troupe::app
