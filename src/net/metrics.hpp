#pragma once

#include "core/engineio/close_reason.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace troupe::net {

/// Counters of one shard, written by its thread only, read by anybody. The app adds them up for /metrics.
struct metrics {
  using counter = std::atomic<std::uint64_t>;
  static void add(counter& c, std::uint64_t n = 1) { c.store(c.load(std::memory_order_relaxed) + n, std::memory_order_relaxed); }
  static void sub(counter& c, std::uint64_t n = 1) { c.store(c.load(std::memory_order_relaxed) - n, std::memory_order_relaxed); }

  counter sockets_open{0};           ///< TCP connections now
  counter sockets_refused{0};        ///< closed at accept: limits.max_sockets
  counter sessions_open{0};
  counter sessions_websocket{0};     ///< of those, on WebSocket
  counter sessions_opened{0};
  std::array<counter, 9> sessions_closed{}; ///< by close_reason
  counter http_requests{0};
  counter http_bad{0};               ///< requests that were no HTTP, too large or too slow
  counter handshakes_refused{0};     ///< Engine.IO refusals and limits
  counter handshakes_queued{0};      ///< waited for a free place (limits.max_connections)
  counter upgrades{0};               ///< polling -> WebSocket
  counter packets_in{0};             ///< Engine.IO messages
  counter packets_out{0};
  counter bytes_in{0};
  counter bytes_out{0};
  counter writes{0};                 ///< write system calls
  counter volatile_dropped{0};
  counter queued_bytes{0};           ///< waiting for clients now
  counter fanouts{0};
};

} // namespace troupe::net
