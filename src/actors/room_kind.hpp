#pragma once

#include "core/cluster/room_replica.hpp"
#include "core/room/room_options.hpp"
#include "ports/room_log.hpp"

#include <string>

namespace troupe::actors {

/// What holds for a room.
struct room_kind {
  room::options rooms;
  cluster::replica_options replicas; ///< `clustered` says whether there may be others; `logged`, whether the room keeps its history,
  ports::log_keep keep;              ///< and how long
  room::safety level = room::safety::home; ///< demanded of every message
  bool delete_with_room = false;     ///< the history goes when nobody is left, after `rooms.idle_timeout`
};

/// Rooms with such names are of a kind of their own. Patterns are those of core/name_pattern.hpp.
struct room_rule {
  std::string nsp;
  std::string match;
  room_kind kind;
};

} // namespace troupe::actors
