#include "core/room/announcements.hpp"

#include "core/json/json_text.hpp"
#include "core/logic/object_text.hpp"

#include <algorithm>

namespace troupe::room {

std::string membership(std::string_view room, const member& who) {
  logic::object_text o;
  o.text("room", room).text("userId", who.user).text("socketId", who.socket.view());
  return std::move(o).closed();
}

std::string typing(std::string_view room, std::string_view user, bool active) {
  logic::object_text o;
  o.text("room", room).text("userId", user).boolean("typing", active);
  return std::move(o).closed();
}

std::string document_update(std::string_view document, std::string_view user, std::string_view changes, std::uint64_t version) {
  logic::object_text o;
  o.text("documentId", document).text("userId", user).raw("changes", changes);
  o.number("version", static_cast<std::int64_t>(version));
  return std::move(o).closed();
}

std::string member_list(const room_model& model, std::size_t max, std::uint64_t count) {
  std::string members = "[";
  std::size_t listed = 0;
  for (auto& [session, who] : model.members()) {
    if (listed++ == max)
      break;
    logic::object_text o;
    o.text("socketId", who.socket.view()).text("userId", who.user);
    members.append(members.size() > 1 ? "," : "").append(std::move(o).closed());
  }
  logic::object_text o;
  o.boolean("ok", true).text("room", model.name()).raw("members", members + ']');
  o.number("count", static_cast<std::int64_t>(count));
  return std::move(o).closed();
}

std::string member_list(std::string_view room, const cluster::query_outcome& found, std::size_t max) {
  std::string members = "[";
  std::uint64_t count = 0, listed = 0;
  for (auto& [node, part] : found.parts) {
    const auto here = std::get_if<cluster::members_found>(&part);
    if (!here)
      continue;
    count = std::max(count, here->count);
    for (auto& who : here->list) {
      if (listed == max)
        break;
      members.append(listed++ > 0 ? "," : "");
      logic::object_text o;
      members.append(std::move(o.text("socketId", who.socket_id).text("userId", who.user_id)).closed());
    }
  }
  logic::object_text o;
  o.boolean("ok", true).text("room", room).raw("members", members + ']');
  o.number("count", static_cast<std::int64_t>(std::max(count, listed)));
  if (!found.silent.empty()) {
    std::string silent;
    for (auto& n : found.silent)
      silent.append(silent.empty() ? "[" : ",").append(json::quoted(n.id));
    o.raw("silent", silent + ']');
  }
  return std::move(o).closed();
}

} // namespace troupe::room
