#pragma once

#include "app/config/load.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::app {

/// The `troupe` command: parses `arguments` (the first is the program's name), does what they ask and returns the exit
/// code: 0 done, 1 it failed, 2 the command line or the configuration is wrong. `serve` runs a node.
int run_cli(
  const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
  const std::function<int(const loaded&)>& serve);

/// The variables of this process.
std::map<std::string, std::string> process_environment();

} // namespace troupe::app
