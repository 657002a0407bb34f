#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::engineio {

/// The handshake packet, `0{"sid":...}`: all five keys, always; numbers are integers (clients in typed languages rely on it).
inline std::string open_packet(std::string_view sid, bool offer_websocket, duration ping_interval, duration ping_timeout,
                               std::size_t max_payload) {
  return "0{\"sid\":\"" + std::string(sid) + "\",\"upgrades\":" + (offer_websocket ? "[\"websocket\"]" : "[]") +
         ",\"pingInterval\":" + std::to_string(ping_interval.count()) + ",\"pingTimeout\":" +
         std::to_string(ping_timeout.count()) + ",\"maxPayload\":" + std::to_string(max_payload) + "}";
}

} // namespace troupe::engineio
