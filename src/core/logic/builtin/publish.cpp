#include "core/logic/builtin/handlers.hpp"
#include "core/logic/event_names.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {

result<effects> publish(const call& c) {
  if (!c.socket.who.has_role("producer") && !c.socket.who.has_role("admin"))
    return not_permitted("the event \"" + c.event.name + "\" needs a token with the role \"producer\"");
  payload_reader in = c.payload();
  in.object();
  std::string room = in.room();
  std::string event = in.name("event", c.settings.limits.max_event_name_bytes);
  const std::string_view data = in.optional_json("data").value_or("");
  std::string id = in.optional_name("id", max_id_bytes).value_or(c.new_id());
  if (in.problem())
    return *in.problem();
  if (is_reserved_event(event))
    return reserved_event(event);
  if (auto why = refuse_room(c.socket, room))
    return *why;
  return effects_of(logic::publish{.room = std::move(room),
                                .event = std::move(event),
                                .args = {std::string(data), c.event.attachments},
                                .include_sender = false,
                                .id = std::move(id),
                                .acknowledge = true});
}

} // namespace troupe::logic::builtin
