#include "core/presence/presence_texts.hpp"

#include "core/json/json_text.hpp"
#include "core/logic/object_text.hpp"

namespace troupe::presence {
namespace {

std::string with_last_seen(logic::object_text o, const state& s) {
  o.raw("lastSeen", s.last_seen ? std::to_string(*s.last_seen) : "null");
  return std::move(o).closed();
}

} // namespace

std::string state_text(std::string_view user, const state& s) {
  logic::object_text o;
  o.text("userId", user).text("status", s.status);
  return with_last_seen(std::move(o), s);
}

std::optional<unix_ms> last_seen_in(std::string_view state_text) {
  if (!json::valid(state_text))
    return std::nullopt;
  const auto at = json::member(state_text, "lastSeen");
  return at ? json::integer_value(*at) : std::nullopt;
}

std::string online_text(std::string_view user) {
  logic::object_text o;
  o.text("userId", user);
  return std::move(o).closed();
}

std::string offline_text(std::string_view user, const state& s) {
  logic::object_text o;
  o.text("userId", user);
  return with_last_seen(std::move(o), s);
}

std::string sent_text(std::string_view id, std::string_view status) {
  logic::object_text o;
  o.text("id", id).text("status", status);
  return std::move(o).closed();
}

} // namespace troupe::presence
