#pragma once

#include "actors/connection_table.hpp"
#include "actors/shard_timers.hpp"
#include "actors/shard_unit.hpp"
#include "actors/slot_homes.hpp"
#include "base/time.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace troupe::actors {

class directory;
class hub;

/// What the actors of one shard share. Lives until the last sink of the shard's sessions is gone, which may be after the
/// actor system; from the stop on only `stopping` and the empty table are looked at.
struct shard {
  shard(std::uint16_t i, caf::actor_system& s, class hub& h, std::shared_ptr<shard_unit> u)
    : index(i), system(s), hub(h), unit(std::move(u)) {}

  time_point now() { return system.clock().now(); }

  const std::uint16_t index;
  caf::actor_system& system;
  class hub& hub;
  const std::shared_ptr<shard_unit> unit; ///< null: CAF's scheduler (tests)
  // Only on the shard's thread:
  shard_timers timers;
  connection_table connections;
  directory* here = nullptr;      ///< the directory part, while it runs
  std::size_t rooms_unread = 0;   ///< messages for rooms that this thread has sent to `here` and that it has not seen yet
  bool stopping = false;
  slot_homes slots;
  std::uint64_t room_numbers_used = 0; ///< room_replica::numbers_used, the highest of all rooms that ended here
  std::uint64_t last_wish = 0;         ///< of all presence actors here: homes know a wish by its node and number
  std::map<cluster::node_ref, std::string> peers; ///< nodes that are linked, and their ids

  void know_peer(cluster::node_ref node, const std::string& id, bool linked);
  /// `bytes`: an envelope (core/cluster/envelope.hpp). A node without link does not get it.
  void tell_peer(cluster::node_ref node, const std::string& bytes);
};

} // namespace troupe::actors
