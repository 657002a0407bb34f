#pragma once
// How the links (ports/links.hpp) name peers and say why one went down.

#include <cstdint>
#include <string>

namespace troupe::cluster {

/// A peer that has proved the cluster's secret.
struct link_peer {
  std::string node;
  std::uint64_t incarnation = 0;
  std::uint16_t number = 0;
};

enum class link_end {
  refused, ///< nobody listens at the peer's address: the process is gone
  reset,   ///< the connection broke
  silent,  ///< nothing was heard for `cluster.link_timeout_ms`
  overflow,///< more than `cluster.max_link_bytes` wait for the peer
  left     ///< the peer, or this side, closed it in order
};

} // namespace troupe::cluster
