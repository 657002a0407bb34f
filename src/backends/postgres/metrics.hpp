#pragma once

#include <atomic>
#include <cstdint>

namespace troupe::postgres {

/// Counters of one log; read by anybody at any time.
struct metrics {
  using counter = std::atomic<std::uint64_t>;

  counter calls{0};           ///< handed in, refused ones included
  counter waiting{0};         ///< handed in and not answered now
  counter waiting_bytes{0};
  counter refused{0};         ///< too many waited
  counter timeouts{0};        ///< not answered within the timeout, or not even sent
  counter failed{0};          ///< answered by an error: refused, timed out, lost, or PostgreSQL said no
  counter batches{0};         ///< transactions in which calls were carried out
  counter entries{0};         ///< appended
  counter swept{0};           ///< logs deleted because they had expired
  counter connects{0};        ///< connections that came to work
  counter connect_failures{0};///< attempts that did not
  counter losses{0};          ///< working connections that ended
};

} // namespace troupe::postgres
