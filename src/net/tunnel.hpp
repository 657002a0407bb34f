#pragma once
// A client's connection that belongs to a session of another node.

#include "net/stream.hpp"

#include <cstdint>
#include <string>

namespace troupe::net {

/// Where a connection came from.
struct arrival {
  std::string peer;        ///< the address that connected, here or to the node that tunnels
  bool secure = false;     ///< the client speaks TLS
  std::uint8_t hops = 0;   ///< nodes that it came through
};

/// After so many nodes a connection ends with its answer: a balancer that mixes clients on one connection must not build chains.
inline constexpr std::uint8_t last_hop = 2;

struct tunnel_request {
  std::uint16_t node = 0;  ///< number of the node that owns the session
  stream client;
  std::string received;    ///< what was read from the client and is the owner's business
  std::string unsent;      ///< answers to earlier requests that the client has not taken yet
  arrival from;
  std::string unreachable; ///< what the client is answered when the owner cannot be reached
  std::string full;        ///< and when the owner takes no more tunnels
};

/// What carries connections to other nodes.
class tunnels {
 public:
  enum class verdict {
    taken,   ///< the request has been moved from
    unknown, ///< there is no such node, or it cannot be reached now
    full     ///< cluster.max_tunnels
  };
  virtual ~tunnels() = default;
  /// Any thread; does not block.
  virtual verdict take(tunnel_request& r) = 0;
};

} // namespace troupe::net
