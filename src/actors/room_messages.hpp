#pragma once
// What rooms are told. Everything reaches a room through the directory part of its shard (directory_messages.hpp).

#include "actors/actor_layer.hpp"
#include "actors/gather.hpp"
#include "core/logic/effects.hpp"
#include "core/room/room_model.hpp"
#include "core/session_ref.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace troupe::actors {

/// The client's ack that the room answers; nothing: none was asked for.
using ack_id = std::optional<std::uint64_t>;

/// A socket becomes a member. Its session is in the fan-out index before the ack leaves, so no later message is missed.
struct room_join {
  room::member who;
  bool announce = false;
  ack_id ack;
  bool reported = false; ///< asked for by a restarted room: the member was there before, nobody is told
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

/// The API asks who is here.
struct room_list_members {
  gather_ptr<member_summary> into;
};

using room_op = std::variant<room_join, room_leave, room_publish, room_typing, room_document, room_members_asked,
                             room_recover, room_describe, room_list_members>;

} // namespace troupe::actors
