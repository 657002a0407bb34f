#include "core/logic/builtin/handlers.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {

result<effects> join_room(const call& c) {
  payload_reader in = c.payload();
  std::string room = in.name_or_member({"room", "roomId"}, c.settings.limits.max_room_name_bytes);
  if (in.problem())
    return *in.problem();
  if (auto why = refuse_room(c.socket, room))
    return *why;
  return effects{join{.room = std::move(room), .announce = true, .acknowledge = true}};
}

result<effects> leave_room(const call& c) {
  payload_reader in = c.payload();
  std::string room = in.name_or_member({"room", "roomId"}, c.settings.limits.max_room_name_bytes);
  if (in.problem())
    return *in.problem();
  return effects{leave{.room = std::move(room), .announce = true, .acknowledge = true}};
}

} // namespace troupe::logic::builtin
