#include "app/config/demands.hpp"
#include "app/config/object_list.hpp"
#include "app/config/schema.hpp"

namespace troupe::app {
namespace {

std::vector<option<room_rule>> rule_table() {
  std::vector<option<room_rule>> t;
  t.push_back(text<room_rule>(
    "match", AT(match), "Names of rooms, such as `lobby`, or `chat:*` for all that begin with `chat:`; needed.", demands::name_pattern));
  t.push_back(text<room_rule>("namespace", AT(nsp), "Only in this namespace, or those that begin alike (`/shop*`); empty: in all.",
                              demands::optional_namespace));
  t.push_back(flag<room_rule>("history", AT(history), "As `rooms.history.enabled`, for these rooms."));
  t.push_back(number<room_rule>("history_max_messages", AT(history_max_messages), {1, 10'000'000}, "As `rooms.history.max_messages`."));
  t.push_back(number<room_rule>("history_ttl_ms", AT(history_ttl), {1'000, 31'536'000'000}, "As `rooms.history.ttl_ms`."));
  t.push_back(flag<room_rule>(
    "delete_with_room", AT(delete_with_room),
    "The history goes with the room, `rooms.idle_timeout_ms` after its last member has left; with `recovery.enabled` not before "
    "`recovery.window_ms` is over, too."));
  t.push_back(choice<room_rule>(
    "level", AT(level), {"home", "stored", "replicated"},
    "What a message must have reached to be acknowledged ([events.md](events.md#conventions)); less is answered by `level_not_reached`."));
  return t;
}

} // namespace

std::span<const option<room_rule>> room_rule_schema() {
  static const auto table = rule_table();
  return table;
}

config_option tables::room_rules() {
  constexpr object_kind<room_rule> kind{
    room_rule_schema, "a room rule", "a list of room rules (docs/recovery.md)", "{match: \"chat:*\", history: true}",
    "match", "names of rooms to match"};
  return objects<config>(
    "rooms.rules", AT(rooms.rules), kind, "a list of room rules",
    "What holds for some rooms only, by their names; the keys of a rule are below. The first rule that matches counts; what it does not "
    "set, and rooms without a rule, are as the other keys say. The same on all nodes of a cluster.");
}

} // namespace troupe::app
