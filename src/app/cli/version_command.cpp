#include "app/cli/command.hpp"
#include "base/version.hpp"

#include <cstdio>

namespace troupe::app {

void add_version(CLI::App& program, command_context& context) {
  auto* command = program.add_subcommand("version", "Print the version");
  command->callback([&context] {
    context.chosen = [] {
      std::printf("troupe %s\n", std::string{version}.c_str());
      return 0;
    };
  });
}

} // namespace troupe::app
