#pragma once

#include "base/time.hpp"

#include <cstddef>

namespace troupe::presence {

/// How presence behaves (sections `presence` and `offline` of the configuration).
struct options {
  duration offline_delay{2'000};           ///< after the last socket left, before user_offline (a reload is not a leave)
  duration idle_timeout{60'000};           ///< actor of a user who is away, unwatched and owed nothing ends after this
  std::size_t max_entries = 1'000'000;     ///< presence actors on this node
  std::size_t max_watchers = 100'000;      ///< sockets that watch one user
  std::size_t dedup_ids = 1'000;           ///< idempotency ids of direct messages remembered per receiving user
  duration dedup_window{120'000};
  bool queue_offline = true;               ///< offline.enabled
  std::size_t max_queued_messages = 100;   ///< offline.max_messages, per user; the oldest leaves
  std::size_t max_queued_bytes = 1'000'000;///< per user; the oldest leave
  duration queue_ttl{86'400'000};          ///< offline.ttl_ms
};

} // namespace troupe::presence
