#include "app/config/demands.hpp"
#include "app/config/object_list.hpp"
#include "app/config/schema.hpp"

namespace troupe::app {
namespace {

using row = option<event_rule>;

std::vector<row> rule_table() {
  std::vector<row> t;
  t.push_back(text<event_rule>("name", AT(name), "What the client sends; needed.", demands::not_empty));
  t.push_back(list<event_rule>("roles", AT(roles), "The sender needs one of these; empty: everybody may."));
  t.push_back(list<event_rule>("permissions", AT(permissions), "The sender needs all of these."));
  t.push_back(choice<event_rule>("to", AT(to), {"room", "user", "sender", "namespace", "none"}, "Who receives it."));
  t.push_back(text<event_rule>(
    "target_field", AT(target_field),
    "Member of the first argument that names the room or user; empty: `room` or `to`."));
  t.push_back(text<event_rule>("emit", AT(emit), "Event the receivers see; empty: the same name."));
  t.push_back(flag<event_rule>("members_only", AT(members_only), "The sender must be a member of the room."));
  t.push_back(flag<event_rule>("include_sender", AT(include_sender), "The sender receives it as well."));
  t.push_back(flag<event_rule>("volatile", AT(is_volatile), "May be dropped for a client that reads too slowly."));
  t.push_back(flag<event_rule>("stamp", AT(stamp), "Adds from, ts and seq to the object."));
  t.push_back(list<event_rule>("require", AT(require), "Members that the first argument must have."));
  t.push_back(choice<event_rule>(
    "level", AT(level), {"home", "stored", "replicated"},
    "For rooms: what the message must have reached to be acknowledged; the room's rule may ask for more."));
  t.push_back(
    text<event_rule>("log_topic", AT(log_topic), "Recorded in the event log under this topic; empty: not recorded."));
  return t;
}

} // namespace

std::span<const option<event_rule>> event_rule_schema() {
  static const auto table = rule_table();
  return table;
}

config_option tables::event_rules() {
  constexpr object_kind<event_rule> kind{
    event_rule_schema, "an event rule", "a list of event rules (docs/events.md)", "{name: \"poll:vote\", to: room}",
    "name", "a name: the event that clients send"};
  return objects<config>(
    "events.rules", AT(events.rules), kind, "a list of event rules",
    "Events of your own; the keys of a rule are below.");
}

} // namespace troupe::app
