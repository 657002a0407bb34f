#include "core/messaging/answers.hpp"

#include "core/logic/object_text.hpp"

namespace troupe::messaging {
namespace {

using logic::object_text;

object_text accepted() {
  object_text o;
  o.boolean("ok", true);
  return o;
}

object_text described(const error& why) {
  object_text o;
  o.text("code", why.code).text("message", why.message);
  return o;
}

std::string refusal(object_text description) {
  object_text o;
  o.boolean("ok", false).raw("error", std::move(description).closed());
  return std::move(o).closed();
}

std::int64_t integer(std::uint64_t n) { return static_cast<std::int64_t>(n); }

} // namespace

std::string refused(const error& why) { return refusal(described(why)); }

std::string version_conflict(const error& why, std::uint64_t current) {
  return refusal(described(why).number("version", integer(current)));
}

std::string level_not_reached(const error& why, std::string_view id, std::uint64_t seq, unix_ms ts, std::string_view level) {
  auto o = described(why);
  if (!id.empty())
    o.text("id", id);
  return refusal(std::move(o.number("seq", integer(seq)).number("ts", ts).text("level", level)));
}

std::string update_level_not_reached(const error& why, std::uint64_t version, std::string_view level) {
  return refusal(std::move(described(why).number("version", integer(version)).text("level", level)));
}

std::string joined(std::string_view room, std::size_t members) {
  return std::move(accepted().text("room", room).number("members", integer(members))).closed();
}

std::string left(std::string_view room) { return std::move(accepted().text("room", room)).closed(); }

std::string published(std::string_view id, std::string_view room, std::uint64_t seq, unix_ms ts, std::string_view level) {
  auto o = accepted();
  if (!id.empty())
    o.text("id", id);
  o.text("room", room).number("seq", integer(seq)).number("ts", ts);
  if (!level.empty())
    o.text("level", level);
  return std::move(o).closed();
}

std::string sent(std::string_view id, std::string_view status, unix_ms ts) {
  auto o = accepted();
  if (!id.empty())
    o.text("id", id);
  return std::move(o.text("status", status).number("ts", ts)).closed();
}

std::string updated(std::string_view document, std::uint64_t version) {
  return std::move(accepted().text("documentId", document).number("version", integer(version))).closed();
}

} // namespace troupe::messaging
