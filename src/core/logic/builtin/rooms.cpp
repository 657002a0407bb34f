#include "core/logic/builtin/handlers.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {

namespace {

result<std::string> room_of(const call& c) {
  payload_reader in = c.payload();
  std::string room = in.name_or_member({"room", "roomId"}, c.settings.limits.max_room_name_bytes);
  if (in.problem())
    return *in.problem();
  return room;
}

} // namespace

result<effects> join_room(const call& c) {
  auto room = room_of(c);
  if (!room)
    return room.error();
  if (auto why = refuse_room(c.socket, *room))
    return *why;
  return effects{join{.room = *std::move(room), .announce = true, .acknowledge = true}};
}

result<effects> leave_room(const call& c) {
  auto room = room_of(c);
  if (!room)
    return room.error();
  return effects{leave{.room = *std::move(room), .announce = true, .acknowledge = true}};
}

result<effects> room_members(const call& c) {
  auto room = room_of(c);
  if (!room)
    return room.error();
  if (!is_member(c.socket, *room) && !c.socket.who.has_role("admin"))
    return not_in_room(*room);
  return effects{list_room_members{.room = *std::move(room)}};
}

} // namespace troupe::logic::builtin
