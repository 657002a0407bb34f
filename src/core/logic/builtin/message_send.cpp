#include "core/logic/builtin/handlers.hpp"
#include "core/logic/object_text.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {
namespace {

/// `{"id":..,"from":..,"to" or "room":..,"content":..`, without the closing brace.
arguments message(const call& c, std::string_view id, std::string_view field, std::string_view target,
                  std::string_view content) {
  object_text body;
  body.text("id", id).text("from", c.socket.who.user_id).text(field, target).raw("content", content);
  return {std::move(body).open(), c.event.attachments};
}

} // namespace

result<effects> message_send(const call& c) {
  payload_reader in = c.payload();
  in.object();
  const auto user = in.optional_name("to", c.settings.limits.max_room_name_bytes);
  const auto room = in.optional_name("room", c.settings.limits.max_room_name_bytes);
  const std::string_view content = in.json("content");
  const std::string id = in.optional_name("id", max_id_bytes).value_or(c.new_id());
  if (in.problem())
    return *in.problem();
  if (user.has_value() == room.has_value())
    return user ? invalid_payload("give either \"to\" (a user) or \"room\", not both")
                : error{"missing_field", "the message has neither \"to\" (a user) nor \"room\""};
  if (user)
    return effects_of(direct{.user = *user,
                          .event = c.settings.message_new,
                          .args = message(c, id, "to", *user, content),
                          .id = id,
                          .acknowledge = true});
  if (auto why = refuse_room(c.socket, *room))
    return *why;
  return effects_of(logic::publish{.room = *room,
                                .event = c.settings.message_new,
                                .args = message(c, id, "room", *room, content),
                                .stamp = true,
                                .include_sender = false,
                                .id = id,
                                .acknowledge = true,
                                .members_only = true,
                                .confirm = true});
}

} // namespace troupe::logic::builtin
