#pragma once
// What a node knows of another one, and what a look into the registry says of its life.

#include "core/cluster/node_options.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/registry_data.hpp"

#include <cstdint>
#include <deque>
#include <optional>

namespace troupe::cluster {

enum class peer_life {
  alive,     ///< linked, or its lease lives
  suspected, ///< its link broke: the registry tells
  dead       ///< decided here; it may turn out to live
};

struct peer {
  node_record record;             ///< without a host as long as it was not read in the registry
  peer_life life = peer_life::alive;
  time_point since{};             ///< known since
  bool announced = false;         ///< `peer_came` was said, and no `peer_gone` after it
  bool wanted = false;            ///< `do_link` was said

  bool linked = false;
  bool was_linked = false;
  time_point linked_at{};
  std::optional<time_point> lost_at; ///< when the link went, or this node was declared dead; none: nothing speaks against it
  bool outlived_refusal = false;  ///< nobody listened, and yet it renewed its lease: refusals prove nothing of it

  bool in_registry = false;       ///< by the last look
  time_point seen_at{};           ///< last time that it was known to live
  time_point lease_until{};       ///< by the last look

  // By its own word, over the link that is up now.
  bool heard = false;
  bool heard_homes = false;
  bool registry_up = true;
  bool says_draining = false;
  time_point registry_away_at{};
  std::uint64_t slots_version = 0;
  std::uint16_t slots = 0;
  std::deque<std::uint64_t> takes; ///< numbers of its last `taken`s: they come over the link and the bus

  node_ref ref() const { return {record.number, record.incarnation}; }
  bool draining() const { return heard ? says_draining : record.draining; }
  /// False when this `taken` came before.
  bool first_time(std::uint64_t take);
};

/// One look into the registry, as it concerns one peer.
struct lease_sight {
  std::optional<duration> left; ///< none: the peer is not there
  time_point asked{};           ///< when the look was sent off
  bool trusted = true;          ///< false just after the registry came back or was changed: leases are not all renewed yet
};

enum class sight_verdict {
  nothing, ///< nothing new
  lives,   ///< it has renewed its lease after it was lost
  dead,    ///< it has missed a renewal after it was lost
  gone     ///< its lease is over, and no link speaks for it
};

sight_verdict judge(const peer& p, const lease_sight& s, const node_options& o);

} // namespace troupe::cluster
