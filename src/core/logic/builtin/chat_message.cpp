#include "core/logic/builtin/handlers.hpp"
#include "core/logic/object_text.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {

result<effects> chat_message(const call& c) {
  payload_reader in = c.payload();
  in.object();
  std::string room = in.room();
  const std::string_view message = in.json("message");
  const auto id = in.optional_name("id", max_id_bytes);
  if (in.problem())
    return *in.problem();
  if (auto why = refuse_room(c.socket, room))
    return *why;
  object_text body;
  body.text("from", c.socket.who.user_id).text("room", room).raw("message", message).number("timestamp", c.event.now);
  if (id)
    body.text("id", *id);
  return effects_of(logic::publish{.room = std::move(room),
                                .event = c.settings.new_message,
                                .args = {std::move(body).open(), c.event.attachments},
                                .stamp = true,
                                .include_sender = false,
                                .id = id.value_or(""),
                                .acknowledge = true,
                                .members_only = true});
}

} // namespace troupe::logic::builtin
