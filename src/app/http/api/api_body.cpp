#include "app/http/api/api_body.hpp"

#include "core/json/json_text.hpp"
#include "core/logic/event_names.hpp"
#include "core/logic/refusals.hpp"
#include "core/socketio/packet_rules.hpp"

namespace troupe::app {
namespace {

constexpr std::size_t max_names = 1'000;
constexpr std::size_t max_namespace_bytes = 255;
const std::vector<std::string> no_attachments;

logic::inbound_event as_event(std::string_view args) {
  return {.name = {}, .args = args, .attachments = no_attachments};
}

} // namespace

std::optional<error> refuse_namespace(std::string_view nsp) {
  if (nsp.size() <= max_namespace_bytes && socketio::valid_namespace(nsp))
    return std::nullopt;
  return logic::invalid_payload("\"namespace\" must begin with a slash and have at most 255 bytes");
}

std::string api_body::args_of(std::string_view body, const limits& l, std::optional<error>& why) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return "[{}]";
  if (!json::valid(body, l.max_json_depth))
    why = error{"invalid_json", "the body is no JSON text, or nested deeper than limits.max_json_depth"};
  else if (json::kind_of(body) != json::kind::object)
    why = logic::invalid_payload("the body must be a JSON object");
  else
    return "[" + std::string(body) + "]";
  return "[{}]";
}

api_body::api_body(std::string_view body, const limits& l)
  : limits_(l), args_(args_of(body, l, malformed_)), reader_(as_event(args_), l) {
  if (malformed_)
    reader_.fail(*malformed_);
}

std::string api_body::checked_event(std::string name) {
  // A client that receives a reserved name takes it for a broken packet and closes its connection.
  if (logic::is_reserved_event(name))
    reader_.fail(logic::reserved_event(name));
  return name;
}

std::string api_body::event() { return checked_event(reader_.name("event", limits_.max_event_name_bytes)); }

std::optional<std::string> api_body::optional_event() {
  auto name = reader_.optional_name("event", limits_.max_event_name_bytes);
  return name ? std::optional(checked_event(*std::move(name))) : std::nullopt;
}

room::safety api_body::level() {
  const auto word = reader_.optional_name("level", 16);
  const auto level = room::safety_of(word.value_or("home"));
  if (!level)
    reader_.fail(logic::invalid_payload("\"level\" is home, stored or replicated"));
  return level.value_or(room::safety::home);
}

std::string api_body::nsp() {
  auto nsp = reader_.optional_name("namespace", max_namespace_bytes).value_or("/");
  if (auto why = refuse_namespace(nsp))
    reader_.fail(*std::move(why));
  return nsp;
}

std::vector<std::string> api_body::names(std::string_view field) {
  std::vector<std::string> found;
  const auto value = reader_.optional_json(field);
  if (!value || json::kind_of(*value) == json::kind::null)
    return found;
  if (json::kind_of(*value) != json::kind::array)
    return {reader_.name(field, limits_.max_room_name_bytes)};
  json::array_reader elements(*value);
  while (const auto one = elements.next()) {
    if (found.size() == max_names)
      reader_.fail(logic::invalid_payload("\"" + std::string(field) + "\" holds more than 1000 names"));
    const std::string wrapped = "[{" + json::quoted(field) + ":" + std::string(*one) + "}]";
    logic::payload_reader element(as_event(wrapped), limits_);
    found.push_back(element.name(field, limits_.max_room_name_bytes));
    if (element.problem())
      reader_.fail(*element.problem());
    if (reader_.problem())
      return {};
  }
  return found;
}

} // namespace troupe::app
