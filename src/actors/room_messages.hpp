#pragma once
// What rooms are told. Everything reaches a room through the directory part of its shard (directory_messages.hpp).

#include "actors/actor_layer.hpp"
#include "actors/gather.hpp"
#include "core/cluster/node_machine.hpp"
#include "core/cluster/room_replica.hpp"
#include "core/logic/effects.hpp"
#include "core/recovery/missed.hpp"
#include "core/room/room_model.hpp"
#include "core/session_ref.hpp"
#include "ports/room_log.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

/// The client's ack that the room answers; nothing: none was asked for.
using ack_id = std::optional<std::uint64_t>;

/// A socket becomes a member. Its session is in the fan-out index before the ack leaves, so no later message is missed.
struct room_join {
  room::member who;
  bool announce = false;
  ack_id ack;
  bool reported = false; ///< asked for by a restarted room: the member was there before, nobody is told
  bool tell_place = false; ///< the connection wants a `room_entered`
};

/// A socket comes back: it is a member again, and asks what was said since. Answered by `room_resumed`. Its session holds back what
/// it is sent meanwhile.
struct room_resume {
  room::member who;
  recovery::start from;
};

/// A socket is no member any more. Leaving a room twice does no harm.
struct room_leave {
  session_ref who;
  bool announce = false;
  ack_id ack;
};

/// A message for all members, in the room's order.
struct room_publish {
  std::optional<session_ref> sender; ///< nothing: the API
  std::string user;
  logic::publish what;
  ack_id ack;
  std::function<void(result<published>)> done;
};

/// A member types, or has stopped.
struct room_typing {
  session_ref who;
  bool active = true;
};

/// A member changes the room's document.
struct room_document {
  session_ref who;
  std::string user;
  logic::update_document what;
  ack_id ack;
};

/// First message to the successor of a failed room: collect the members from the shards' fan-out indexes.
struct room_recover {};

/// Asks for name, size and position.
struct room_describe {
  gather_ptr<room_summary> into;
};

/// A client asks who is here.
struct room_members_asked {
  session_ref who;
  std::size_t max = 0;
  ack_id ack;
};

/// Somebody on this node or another asks who is here. `count` is set to what the cluster has.
struct room_list_members {
  gather_ptr<member_summary> into;
  std::shared_ptr<std::atomic<std::uint64_t>> count;
};

// -- of the cluster --

/// The room's home is now there. `reported` is let go when the room has told the home what it knows.
struct room_home {
  cluster::slot_home home;
  std::shared_ptr<void> reported;
};

/// A link to another node works, or has ended, or the node is gone for good.
struct room_peer {
  enum class news { up, down, gone };
  cluster::node_ref node;
  news what = news::up;
};

/// The room's replica on another node says something (core/cluster/room_wire.hpp).
struct room_from_peer {
  cluster::node_ref from;
  std::string payload;
};

/// Answers of the room's log to the calls with these tokens.
struct room_logged {
  std::uint64_t token = 0;
  cluster::log_answer answer = cluster::log_answer::taken;
  ports::log_position end; ///< when it refused
};
struct room_log_opened {
  std::uint64_t token = 0;
  cluster::log_answer answer = cluster::log_answer::taken;
  ports::log_position end;
  std::vector<cluster::message_ptr> tail;
};
struct room_log_read {
  std::uint64_t token = 0;
  cluster::log_answer answer = cluster::log_answer::taken;
  std::vector<cluster::message_ptr> found;
};

/// Whether this node may order rooms, or whether the log is away for all, has changed.
struct room_ordering_changed {};

using room_op = std::variant<room_join, room_resume, room_leave, room_publish, room_typing, room_document, room_members_asked,
                             room_recover, room_describe, room_list_members, room_home, room_peer, room_from_peer, room_logged,
                             room_log_opened, room_log_read, room_ordering_changed>;

} // namespace troupe::actors
