#include "app/cli/command.hpp"
#include "app/config/print.hpp"

#include <cstdio>
#include <memory>

namespace troupe::app {
namespace {

int check_config(const config_arguments& a, const command_context& context) {
  auto configuration = a.load(context.environment);
  if (!configuration)
    return exit_usage;
  for (const auto& warning : configuration->warnings)
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  std::puts("The configuration is right.");
  return 0;
}

struct print_arguments {
  config_arguments config;
  bool origins = false;
  bool reference = false;
  bool example = false;
};

int print(const print_arguments& a, const command_context& context) {
  std::string out;
  if (a.reference)
    out = print_reference();
  else if (a.example)
    out = print_example();
  else if (auto configuration = a.config.load(context.environment))
    out = print_config(*configuration, a.origins);
  else
    return exit_usage;
  std::fwrite(out.data(), 1, out.size(), stdout);
  return 0;
}

} // namespace

void add_check_config(CLI::App& program, command_context& context) {
  auto a = std::make_shared<config_arguments>();
  auto* command = program.add_subcommand("check-config", "Check a configuration without starting anything");
  a->add_to(*command);
  command->footer("Lists every mistake with file, line, key, what was expected and a suggestion. Exit code 0: it is "
                  "right; 2: it is not.\n\n"
                  "Examples:\n"
                  "  troupe check-config --config troupe.yaml\n"
                  "  troupe check-config --set server.port=80");
  command->callback([a, &context] { context.chosen = [a, &context] { return check_config(*a, context); }; });
}

void add_print_config(CLI::App& program, command_context& context) {
  auto a = std::make_shared<print_arguments>();
  auto* command = program.add_subcommand("print-config", "Show the configuration in effect; secrets are ***");
  a->config.add_to(*command);
  auto* origins = command->add_flag("-o,--origins", a->origins, "Say in a comment where each value came from");
  auto* reference = command->add_flag("--reference", a->reference, "Print docs/configuration.md instead");
  command->add_flag("--example", a->example, "Print config/troupe.example.yaml instead: every option with its default")
    ->excludes(reference)
    ->excludes(origins);
  command->footer("Examples:\n"
                  "  troupe print-config --origins\n"
                  "  troupe print-config --example > troupe.yaml");
  command->callback([a, &context] { context.chosen = [a, &context] { return print(*a, context); }; });
}

} // namespace troupe::app
