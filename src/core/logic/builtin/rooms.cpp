#include "core/logic/builtin/handlers.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {
namespace {

std::string room_of(payload_reader& in, const call& c) {
  return in.name_or_member({"room", "roomId"}, c.settings.limits.max_room_name_bytes);
}

} // namespace

result<effects> join_room(const call& c) {
  payload_reader in = c.payload();
  std::string room = room_of(in, c);
  if (in.problem())
    return *in.problem();
  if (auto why = refuse_room(c.socket, room))
    return *why;
  return effects_of(join{.room = std::move(room), .announce = true, .acknowledge = true});
}

result<effects> leave_room(const call& c) {
  payload_reader in = c.payload();
  std::string room = room_of(in, c);
  if (in.problem())
    return *in.problem();
  return effects_of(leave{.room = std::move(room), .announce = true, .acknowledge = true});
}

result<effects> room_members(const call& c) {
  payload_reader in = c.payload();
  std::string room = room_of(in, c);
  if (in.problem())
    return *in.problem();
  if (!is_member(c.socket, room) && !c.socket.who.has_role("admin"))
    return not_in_room(room);
  return effects_of(list_room_members{.room = std::move(room)});
}

} // namespace troupe::logic::builtin
