#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>

namespace troupe {

/// What every input meets (section `limits` of the configuration). 0 switches a limit off where that is said.
struct limits {
  std::size_t max_payload_bytes = 1'000'000;   ///< one Engine.IO packet or polling body; the handshake's maxPayload
  std::size_t max_attachments = 10;            ///< binary attachments per packet (official clients refuse more)
  std::size_t max_event_name_bytes = 128;
  std::size_t max_room_name_bytes = 255;
  std::size_t max_rooms_per_connection = 128;
  std::size_t max_namespaces_per_connection = 16;
  std::size_t max_room_members = 100'000;      ///< on this node
  std::size_t max_rooms = 1'000'000;           ///< room actors on this node
  std::size_t max_watched_users = 1'000;       ///< presence subscriptions per connection
  std::size_t max_pending_acks = 1'000;        ///< server-to-client acks waiting, per connection
  std::size_t max_json_depth = 64;
  std::uint32_t events_per_minute = 100;       ///< per connection, token bucket; 0: off
  std::uint32_t connects_per_minute = 0;       ///< new sessions per address, token bucket; 0: off
  std::size_t max_tracked_addresses = 100'000; ///< table behind connects_per_minute; the least recently seen leaves
  std::size_t max_connections = 10'000;        ///< sessions on this node
  std::size_t connection_queue = 100;          ///< handshakes waiting for a free place beyond max_connections
  duration connection_queue_timeout{30'000};
  std::size_t max_sockets = 0;                 ///< open TCP connections; 0: max_connections + connection_queue + 1000
  std::size_t max_queued_bytes = 4'000'000;    ///< waiting for one client; volatile events are dropped from a quarter on
  std::size_t max_header_bytes = 16'384;       ///< HTTP request head
  duration header_timeout{10'000};             ///< for a complete HTTP request head and for a body's next bytes
  duration keep_alive_timeout{65'000};         ///< idle HTTP connection between requests
};

} // namespace troupe
