#pragma once
// How two nodes present themselves on a new link, and when one refuses the other.

#include "core/cluster/link_data.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::cluster {

/// What the bytes of a link mean; another number is refused.
inline constexpr std::uint64_t link_protocol = 1;
/// Longest content of a hello frame.
inline constexpr std::size_t max_hello = 2048;

enum class link_kind : std::uint8_t {
  messages = 0,
  tunnel = 1 ///< the bytes behind the hellos are one client's connection
};

struct link_hello {
  std::uint64_t protocol = link_protocol; ///< if it is another one, nothing below is known
  std::string version;                    ///< of Troupe
  std::string cluster;
  link_peer from;
  std::string to;                         ///< the node that is meant; empty: whoever dialled this one
  link_kind kind = link_kind::messages;
  // Of a tunnel:
  std::string client;         ///< the client's address
  bool client_secure = false; ///< it speaks TLS
  std::uint8_t hops = 0;      ///< nodes that the connection came through
};

std::string encode(const link_hello& h);
/// Nothing when the bytes are no hello.
std::optional<link_hello> decode_hello(std::string_view bytes);

/// Why a link does not come about.
enum class link_refusal : std::uint8_t {
  wrong_secret,    ///< the peer does not know the cluster's secret
  wrong_cluster,   ///< it belongs to another cluster
  not_tls,         ///< no TLS, or TLS without the cluster's key
  too_slow,        ///< it did not present itself in time
  too_many,        ///< others came while it was still presenting itself
  too_much,        ///< it sent more than a hello takes before it was known
  bad_hello,       ///< what it said is no hello
  wrong_protocol,  ///< it speaks another version of the links' protocol
  wrong_version,   ///< its Troupe differs in the major or minor number
  own_id,          ///< it has this node's id: two nodes are configured with one server.node_id
  old_incarnation, ///< a younger process of the same node is known
  wrong_node,      ///< another node listens at the address
  tunnels_full     ///< cluster.max_tunnels
};
inline constexpr std::size_t link_refusals = 13;

std::string_view to_string(link_refusal r);
/// A sentence for the log: what it means and what to do.
std::string_view advice(link_refusal r);

/// What `ours` finds wrong with `theirs`; `known_incarnation` is the highest one seen of that node (0: none).
std::optional<link_refusal> judge(const link_hello& theirs, const link_hello& ours, std::uint64_t known_incarnation);

/// Major and minor numbers are equal: "0.1.0" and "0.1.7".
bool same_release(std::string_view a, std::string_view b);

} // namespace troupe::cluster
