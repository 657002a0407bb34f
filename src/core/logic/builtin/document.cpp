#include "core/logic/builtin/handlers.hpp"
#include "core/logic/document_room.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {
namespace {

std::size_t max_document_bytes(const limits& l) {
  const std::size_t prefix = document_room("").size();
  return l.max_room_name_bytes > prefix ? l.max_room_name_bytes - prefix : 0;
}

} // namespace

result<effects> document_update(const call& c) {
  payload_reader in = c.payload();
  in.object();
  std::string document = in.name("documentId", max_document_bytes(c.settings.limits));
  const std::string_view changes = in.json("changes");
  const std::uint64_t version = in.count("version");
  if (in.problem())
    return *in.problem();
  if (!c.event.attachments.empty())
    return invalid_payload("\"changes\" must be JSON without binary values");
  if (changes.size() > c.settings.max_changes_bytes)
    return payload_too_large("changes", c.settings.max_changes_bytes);
  const std::string room = document_room(document);
  if (auto why = refuse_room(c.socket, room))
    return *why;
  if (!is_member(c.socket, room))
    return not_in_room(room);
  return effects_of(update_document{std::move(document), std::string(changes), version});
}

} // namespace troupe::logic::builtin
