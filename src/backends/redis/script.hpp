#pragma once

#include <string>

namespace troupe::redis {

/// A Lua script that Redis knows by its hash.
struct script {
  explicit script(std::string lua);
  std::string text;
  std::string sha; ///< SHA-1, hexadecimal: how EVALSHA names it
};

} // namespace troupe::redis
