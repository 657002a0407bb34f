#pragma once

#include <string>
#include <string_view>

namespace troupe::ws {

/// Sec-WebSocket-Accept for a client's key (RFC 6455 4.2.2).
std::string accept_key(std::string_view sec_websocket_key);

/// What a Sec-WebSocket-Extensions offer leads to: permessage-deflate without context takeover on either side (so that
/// one compressed frame serves all receivers and idle connections hold no window), or nothing. Returns the response
/// header's value, empty for "not negotiated".
std::string negotiate_deflate(std::string_view offer);

} // namespace troupe::ws
