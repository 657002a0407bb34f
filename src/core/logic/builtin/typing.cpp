#include "core/logic/builtin/handlers.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {

result<effects> typing(const call& c) {
  payload_reader in = c.payload();
  in.object();
  std::string room = in.room();
  const bool active = in.boolean("typing", true);
  if (in.problem())
    return *in.problem();
  if (!is_member(c.socket, room))
    return not_in_room(room);
  return effects_of(logic::typing{.room = std::move(room), .active = active}, ok());
}

} // namespace troupe::logic::builtin
