#pragma once
// What a node knows of a slot, and of slots that it is taking.

#include "core/cluster/node_effects.hpp"
#include "core/cluster/node_messages.hpp"

#include <optional>
#include <set>

namespace troupe::cluster {

struct slot_state {
  slot_home home;                       ///< by the highest epoch heard of
  std::string owner;                    ///< id of `home.node`
  slot_record stored;                   ///< what the registry said last
  std::uint64_t highest = 0;            ///< epoch that anybody mentioned
  std::optional<time_point> need_since; ///< it has no living home since
  std::optional<time_point> named_me;   ///< others say that this node is the home, which it has not heard of
  bool shut = false;                    ///< this node's, closed because it was isolated
  std::uint8_t behind = 0;              ///< looks into the registry that showed a lower epoch than known
};

/// How the home of a slot fares.
enum class standing {
  nobody,   ///< there is none
  mine,
  dead,
  away,     ///< lives, but has been without its registry for too long
  draining,
  alive
};

enum class claim_kind {
  take,     ///< has no living home
  reclaim,  ///< mine, and was shut
  reassert, ///< mine, but the registry has forgotten
  move      ///< lives elsewhere and is better off here
};

struct flying_claim {
  std::uint16_t slot = 0;
  claim_kind kind = claim_kind::take;
};

/// Slots that this node has been granted and will open when all that may know of their rooms have reported.
struct take {
  std::vector<slot_epoch> slots;
  std::set<std::string> waiting; ///< peers
  bool own_rooms = true;         ///< waiting for these, too
  time_point deadline{};
};

/// Whom to tell when this node's rooms have turned to their new homes.
struct owed_report {
  std::string to;
  std::uint64_t number = 0;
};

} // namespace troupe::cluster
