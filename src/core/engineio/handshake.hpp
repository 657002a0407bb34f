#pragma once

#include "base/time.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::engineio {

/// What the client said when it opened the session; kept for the session's life (Socket.IO's `socket.handshake`).
struct handshake {
  std::string url;      ///< request target with query
  std::string address;  ///< peer address, without port (from a trusted proxy's header when configured)
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded; the last of equal names wins
  std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
  unix_ms issued = 0;
  bool secure = false;
  bool xdomain = false; ///< an Origin header was present

  /// The value or an empty view. `name` in lower case.
  std::string_view header(std::string_view name) const {
    for (auto& [k, v] : headers)
      if (k == name)
        return v;
    return {};
  }
};

using handshake_ptr = std::shared_ptr<const handshake>;

} // namespace troupe::engineio
