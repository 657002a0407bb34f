#pragma once

#include "core/cluster/link_hello.hpp"
#include "net/metrics.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace troupe::net {

/// Counters of a node's links, written by the links' thread only, read by anybody.
struct link_metrics {
  using counter = metrics::counter;

  counter up{0};                ///< links now
  counter half_open{0};         ///< accepted connections that have not presented themselves, now
  counter ups{0};               ///< links that came up, ever; beyond the first of a peer it is a reconnect
  std::array<counter, 5> ended{}; ///< links that were up, by link_end
  counter dials{0};
  counter dials_failed{0};      ///< of those, before the peer presented itself
  counter accepted{0};
  counter probed{0};            ///< of those, connections that ended without a byte
  std::array<counter, cluster::link_refusals> refused{};    ///< connections that this node refused, by link_refusal
  std::array<counter, cluster::link_refusals> refused_us{}; ///< connections on which a peer refused this node
  counter messages_in{0};
  counter messages_out{0};
  counter messages_lost{0};     ///< sent, but their link ended before they left
  counter bytes_in{0};          ///< on the wire, as are
  counter bytes_out{0};
  counter heartbeats_out{0};
  counter gaps{0};              ///< times when this thread itself got no CPU for so long that no peer is blamed
};

/// One peer, as it is now.
struct link_status {
  std::string node;
  bool up = false;
  std::uint64_t queued_bytes = 0;
  std::uint64_t round_trip_us = 0; ///< the last one measured; 0: none yet
};

} // namespace troupe::net
