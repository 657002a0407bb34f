#pragma once
// What the directory parts are told, one part a shard. Local only: none of this crosses nodes.

#include "actors/connection_messages.hpp"
#include "actors/presence_messages.hpp"
#include "actors/query_messages.hpp"
#include "actors/room_messages.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

/// For the room of this key, which is made if there is none (except to answer questions).
struct to_room {
  std::string key;
  room_op what;
  bool from_here = false; ///< sent on the shard's own thread, and counted in shard::rooms_unread
};

/// For the presence of this user, made likewise.
struct to_presence {
  std::string user;
  presence_op what;
};

/// For the connection of a session of this shard, if it is still there.
struct to_connection {
  session_ref session;
  connection_op what;
};

/// For every connection of this shard.
struct to_all_connections {
  connection_op what;
};

/// A room has nobody left. It ends unless more was forwarded to it than the `seen` messages.
struct room_idle {
  std::string key;
  std::uint64_t seen = 0;
};

/// A presence is needed by nobody. Likewise.
struct presence_idle {
  std::string user;
  std::uint64_t seen = 0;
};

/// For the node's query actor; to the first shard's part.
struct to_queries {
  query_op what;
};

/// Asks the rooms of this shard for their summaries: those whose home is this node, or nobody. `count`: adds how many there are.
struct list_rooms {
  gather_ptr<room_summary> into;
  std::shared_ptr<std::atomic<std::uint64_t>> count;
};

/// Homes of slots have changed. `reported` is let go when every room in them has told its home what it knows.
struct slots_news {
  std::shared_ptr<const std::vector<std::pair<std::uint16_t, cluster::slot_home>>> slots;
  std::shared_ptr<void> reported;
};

/// Another node can be reached, or not.
struct peer_news {
  cluster::node_ref node;
  std::string id;
  room_peer::news what = room_peer::news::up;
};

/// To every room of this shard.
struct to_all_rooms {
  room_op what;
};

/// A deadline of some actor of this shard has come.
struct tick {};

/// To an actor that asked to be woken.
struct wake {};

/// The answers to a broadcast with acks are due.
struct broadcast_acks_due {
  std::uint32_t id = 0;
};

/// First half of the stop: no connection is taken on any more and those there are end; then `done` is released.
struct close_connections {
  std::shared_ptr<void> done;
};

/// A connection of this shard has ended and left the table (sent only during a stop).
struct connection_ended {};

/// Second half: rooms, presences and then the part itself end.
struct end_entries {};

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::inbound)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::connection_op)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::room_op)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::presence_op)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::to_room)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::to_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::to_connection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::to_all_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::room_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::presence_idle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::query_op)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::to_queries)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::list_rooms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::slots_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::peer_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::to_all_rooms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::wake)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::broadcast_acks_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::close_connections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::connection_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::end_entries)
