#pragma once

#include "base/time.hpp"
#include "core/engineio/field_list.hpp"

#include <memory>
#include <string>

namespace troupe::engineio {

/// What the client said when it opened the session; kept for the session's life (Socket.IO's `socket.handshake`).
struct handshake {
  std::string url;      ///< request target with query
  std::string address;  ///< peer address, without port (from a trusted proxy's header when configured)
  field_list query;     ///< decoded; the last of equal names wins
  field_list headers;   ///< names in lower case; without those of the WebSocket handshake itself
  unix_ms issued = 0;
  bool secure = false;
  bool xdomain = false; ///< an Origin header was present
};

using handshake_ptr = std::shared_ptr<const handshake>;

} // namespace troupe::engineio
