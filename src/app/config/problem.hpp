#pragma once

#include <string>
#include <vector>

namespace troupe::app {

/// One mistake in the configuration, as the operator reads it.
struct problem {
  std::string
    where; ///< "troupe.yaml:12", "environment variable TROUPE_SERVER_PORT", "--set"; empty: nowhere in particular
  std::string key;     ///< "server.port"; empty: not about one key
  std::string message; ///< what was expected, and a suggestion when there is one

  bool operator==(const problem&) const = default;
};

using problems = std::vector<problem>;

/// "troupe.yaml:12: server.port: expected a whole number from 0 to 65535, found \"abc\""
std::string to_string(const problem& p);

} // namespace troupe::app
