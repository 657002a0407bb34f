#pragma once

#include <atomic>
#include <cstdint>

namespace troupe::redis {

/// Counters of one client; read by anybody at any time.
struct metrics {
  using counter = std::atomic<std::uint64_t>;

  counter commands{0};        ///< handed in, refused ones included
  counter queued{0};          ///< waiting or unanswered now
  counter queued_bytes{0};
  counter refused{0};         ///< the queue was full
  counter timeouts{0};        ///< not answered within the timeout
  counter failed{0};          ///< answered by an error: refused, timed out, lost, or Redis said no
  counter connects{0};        ///< connections that came to work
  counter connect_failures{0};///< attempts that did not
  counter losses{0};          ///< working connections that ended
  counter redirects{0};       ///< MOVED and ASK of a Redis Cluster
  counter script_loads{0};    ///< scripts sent again, because Redis had lost them
  counter published{0};       ///< handed to Redis
  counter publish_dropped{0}; ///< away, or too much queued
  counter received{0};        ///< messages of subscribed channels
};

} // namespace troupe::redis
