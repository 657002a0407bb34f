#include "core/logic/refusals.hpp"

namespace troupe::logic {
namespace {

std::string in_quotes(std::string_view text) { return '"' + std::string(text) + '"'; }

} // namespace

error invalid_payload(std::string message) { return {"invalid_payload", std::move(message)}; }

error missing_field(std::string_view field) { return {"missing_field", in_quotes(field) + " is missing"}; }

error name_too_long(std::string_view field, std::size_t max_bytes) {
  return {"name_too_long", in_quotes(field) + " is longer than " + std::to_string(max_bytes) + " bytes"};
}

error payload_too_large(std::string_view field, std::size_t max_bytes) {
  return {"payload_too_large", in_quotes(field) + " is larger than " + std::to_string(max_bytes) + " bytes"};
}

error not_permitted(std::string message) { return {"not_permitted", std::move(message)}; }

error not_in_room(std::string_view room) {
  return {"not_in_room", "you are not in the room " + in_quotes(room) + "; join it first"};
}

error unknown_event(std::string_view name) {
  return {"unknown_event", "this server has no event " + in_quotes(name) + " in this namespace"};
}

error reserved_event(std::string_view name) {
  return {"reserved_event", in_quotes(name) + " is reserved by Socket.IO and cannot be sent as an event"};
}

error level_not_reached(room::safety reached, room::safety asked) {
  return {"level_not_reached", "it is in the room, but only " + in_quotes(to_string(reached)) + " where " + in_quotes(to_string(asked))
                                 + " is demanded; send it again with the same id"};
}

error too_many_watched_users(std::size_t max) {
  return {"too_many_watched_users", "one connection may watch " + std::to_string(max) + " users at most"};
}

} // namespace troupe::logic
