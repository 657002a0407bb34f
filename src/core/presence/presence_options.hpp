#pragma once

#include "base/time.hpp"
#include "core/presence/waiting.hpp"

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
  bool until_acked = false;                ///< offline.until: what was queued waits until the client's own acknowledgement
  bool each_device = false;                ///< offline.devices: what was queued is for each of the user's devices, not for the first
  queue_bounds queue;
};

} // namespace troupe::presence
