#include "core/json/json_text.hpp"
#include "core/logic/builtin/handlers.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

namespace troupe::logic::builtin {
namespace {

/// `{"epoch":n,"seq":n}`, whatever else is in it: a message of the history will do.
std::optional<room::place> place_in(payload_reader& in, std::string_view field) {
  const auto value = in.optional_json(field);
  if (!value)
    return std::nullopt;
  const auto number = [&](std::string_view name) -> std::uint64_t {
    const auto member = json::kind_of(*value) == json::kind::object ? json::member(*value, name) : std::nullopt;
    const auto n = member ? json::integer_value(*member) : std::nullopt;
    if (!n || *n < 0) {
      in.fail(invalid_payload('"' + std::string(field) + "\" must be an object with the integers \"epoch\" and \"seq\""));
      return 0;
    }
    return static_cast<std::uint64_t>(*n);
  };
  return room::place{number("epoch"), number("seq")};
}

} // namespace

result<effects> history(const call& c) {
  payload_reader in = c.payload();
  in.object();
  read_history ask;
  ask.room = in.room();
  ask.what.before = place_in(in, "before");
  ask.what.after = place_in(in, "after");
  if (in.has("limit"))
    ask.what.max = in.count("limit");
  if (ask.what.before && ask.what.after)
    in.fail(invalid_payload("give either \"before\" or \"after\""));
  if (ask.what.max == 0)
    in.fail(invalid_payload("\"limit\" must be 1 or more"));
  if (in.problem())
    return *in.problem();
  if (!is_member(c.socket, ask.room) && !c.socket.who.has_role("admin"))
    return not_in_room(ask.room);
  return effects_of(std::move(ask));
}

} // namespace troupe::logic::builtin
