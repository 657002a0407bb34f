#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::engineio {

/// Why a session ended. The first group are Socket.IO's own words (docs: server-side disconnect reasons).
enum class close_reason : std::uint8_t {
  transport_close,      ///< the client closed or the network broke
  transport_error,      ///< the transport was used wrongly (overlapping polls, wrong direction heartbeat)
  ping_timeout,
  parse_error,
  forced_close,         ///< the server ended it (protocol violation or application)
  server_shutting_down,
  slow_reader,          ///< more bytes were queued than limits.max_queued_bytes
  connect_timeout,      ///< no namespace joined within socketio.connect_timeout_ms
  overloaded,           ///< a limit of the node was reached
};

/// The reason as Socket.IO users know it, e.g. "ping timeout"; also the label of `troupe_sessions_closed_total`.
std::string_view to_string(close_reason r);

} // namespace troupe::engineio
