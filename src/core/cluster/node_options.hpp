#pragma once

#include "base/time.hpp"
#include "core/cluster/slots.hpp"

#include <cstdint>

namespace troupe::cluster {

struct node_options {
  duration heartbeat{1'000};         ///< cluster.heartbeat_ms: renewal of the lease
  duration lease{5'000};             ///< cluster.lease_ms
  duration gossip{250};              ///< what nodes tell each other over their links
  duration settle{300};              ///< after the first look at the registry, before the first claim: peers that start together see each other
  duration takeover_step{400};       ///< a candidate waits this long for each better one
  duration open_timeout{1'000};      ///< how long a slot waits for reports of live peers
  duration join_patience{3'000};     ///< a node that starts is not ready before it has tried a link to each living node, or this long
  duration registry_patience{1'000}; ///< a peer without its registry keeps its slots this long
  std::uint16_t rebalance_batch = 128; ///< slots that move at once from a live home to a better one
  duration rebalance_pause{50};      ///< between such batches
  std::uint16_t slots = slot_count;  ///< the same on all nodes; fewer than `slot_count` in simulations only
};

/// A renewal that is this late was missed.
inline constexpr duration renewal_margin{300};
/// While the death of a peer is in question the registry is read this often.
inline constexpr duration suspicion_read{200};
/// A node that lost everybody stops ordering rooms if it had company this shortly before its lease ended.
inline constexpr duration company_memory{60'000};
inline constexpr std::size_t max_peers = 1'000;

} // namespace troupe::cluster
