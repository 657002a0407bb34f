#pragma once
// What operators see of the cluster's nodes.

#include "base/time.hpp"
#include "core/cluster/registry_data.hpp"

#include <cstdint>

namespace troupe::cluster {

struct peer_status {
  node_record record;
  bool linked = false;
  bool registry_up = true;  ///< by its own word
  bool dead = false;        ///< decided here; its slots are being taken
  duration lease_left{0};   ///< by the last look into the registry
  std::uint16_t slots = 0;  ///< whose home it is, as this node knows
};

/// Since the start.
struct node_counters {
  std::uint64_t claims = 0;              ///< slots asked for
  std::uint64_t grants = 0;
  std::uint64_t claims_lost = 0;         ///< another was quicker
  std::uint64_t takeovers = 0;           ///< slots taken that had no living home
  std::uint64_t moved_to_me = 0;         ///< slots taken from a living home
  std::uint64_t moved_away = 0;          ///< slots lost to another home
  std::uint64_t peers_declared_dead = 0;
  std::uint64_t open_timeouts = 0;       ///< takes that were opened without all reports
  std::uint64_t registry_losses = 0;
  std::uint64_t generations_changed = 0; ///< the registry lost its data
  std::uint64_t reasserted = 0;          ///< slots written again into a registry that was behind
  std::uint64_t stale_slot_news = 0;     ///< messages about slots that had a newer home already
  std::uint64_t epoch_conflicts = 0;     ///< two homes with one epoch; must stay 0
  std::uint64_t isolations = 0;
  std::uint64_t peers_refused = 0;       ///< beyond `max_peers`
  std::uint64_t bad_messages = 0;
};

} // namespace troupe::cluster
