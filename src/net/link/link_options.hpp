#pragma once

#include "base/time.hpp"
#include "base/version.hpp"
#include "core/cluster/link_hello.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::net {

/// How a node's links behave. Times, sizes and effects as in docs/configuration.md (`cluster.*`).
struct link_options {
  std::string cluster;               ///< cluster.name
  std::string secret;                ///< cluster.secret; never logged
  cluster::link_peer me;
  std::string version{troupe::version};
  std::uint64_t protocol = cluster::link_protocol;

  duration heartbeat{250};           ///< at most so long nothing is sent
  duration timeout{1'000};           ///< nothing heard for so long: the link is silent
  std::size_t max_queued = 64u << 20;///< bytes that may wait for one peer
  std::size_t max_message = 16u << 20;

  std::size_t max_half_open = 64;    ///< connections that have not presented themselves; the oldest goes first
  duration handshake_timeout{3'000}; ///< from accept to hello
  duration connect_timeout{1'000};
  duration min_back_off{50};         ///< between attempts to reach a peer, doubled by each that fails, and scattered
  duration max_back_off{2'000};
  std::uint64_t records_per_key = 1u << 23; ///< then the connection changes its keys (AES-GCM bears 2^24.5)
};

} // namespace troupe::net
