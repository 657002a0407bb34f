#include "core/logic/rule_events.hpp"

#include "core/json/json_text.hpp"
#include "core/logic/event_record.hpp"
#include "core/logic/object_text.hpp"
#include "core/logic/refusals.hpp"
#include "core/logic/room_access.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace troupe::logic {
namespace {

using target = rule_events::target;

rule_events::compiled compile(const event_rule& rule) {
  rule_events::compiled made{rule, target_of(rule.to).value_or(target::none), room::safety_of(rule.level).value_or(room::safety::home)};
  if (made.rule.emit.empty())
    made.rule.emit = rule.name;
  if (made.rule.target_field.empty())
    made.rule.target_field = made.to == target::user ? "to" : "room";
  if (made.to == target::none)
    made.rule.stamp = false; // nothing is sent, so any argument will do
  return made;
}

std::optional<error> refuse_sender(const event_rule& rule, const identity& who) {
  const auto& roles = rule.roles;
  if (!roles.empty() && std::none_of(roles.begin(), roles.end(), [&](const auto& r) { return who.has_role(r); }))
    return not_permitted("your token has none of the roles that \"" + rule.name + "\" needs");
  for (const auto& permission : rule.permissions)
    if (!who.has_permission(permission))
      return not_permitted("your token lacks the permission \"" + permission + "\" that \"" + rule.name + "\" needs");
  return std::nullopt;
}

/// Everything between the brackets of the event's arguments.
std::string all_arguments(std::string_view args) { return std::string(json::array_reader(args).rest()); }

/// The client's object with the server's word on who sent it and when, without a closing brace. Rooms and users append ts
/// and seq themselves; elsewhere there is no seq and ts is put here.
std::string stamped(const rule_events::compiled& r, const call& c, std::string_view object, const std::string& id) {
  static constexpr std::array<std::string_view, 4> server_members{"from", "ts", "seq", "id"};
  const bool to_user = r.to == target::user;
  object_text body;
  body.members_of(object, std::span(server_members).first(to_user ? 4 : 3)).text("from", c.socket.who.user_id);
  if (to_user)
    body.text("id", id); // the sender's message:sent names it
  if (to_user || r.to == target::room)
    return std::move(body).open();
  body.number("ts", c.event.now);
  return std::move(body).closed();
}

arguments arguments_of(const rule_events::compiled& r, const call& c, const payload_reader& in, const std::string& id) {
  if (!r.rule.stamp)
    return {all_arguments(c.event.args), c.event.attachments};
  return {stamped(r, c, in.first(), id), c.event.attachments};
}

/// What the rule asks of the arguments; `name` is the room or the user, `id` the client's own id.
struct checked {
  std::string name;
  std::string id;
};

checked check_payload(const rule_events::compiled& r, const call& c, payload_reader& in) {
  const bool has_target = r.to == target::room || r.to == target::user;
  checked found;
  if (has_target || r.rule.stamp || !r.rule.require.empty())
    in.object();
  if (has_target) {
    found.name = in.name(r.rule.target_field, c.settings.limits.max_room_name_bytes);
    found.id = in.optional_name("id", max_id_bytes).value_or(r.to == target::user ? c.new_id() : "");
  }
  for (const auto& field : r.rule.require)
    if (!in.has(field))
      in.fail(missing_field(field));
  json::array_reader args(c.event.args);
  if (r.rule.stamp && args.next() && args.next())
    in.fail(invalid_payload("\"" + r.rule.name + "\" takes one argument, an object"));
  return found;
}

effects deliver(const rule_events::compiled& r, checked found, arguments args) {
  const event_rule& rule = r.rule;
  switch (r.to) {
    case target::room:
      return effects_of(publish{.room = std::move(found.name),
                      .event = rule.emit,
                      .args = std::move(args),
                      .stamp = rule.stamp,
                      .include_sender = rule.include_sender,
                      .is_volatile = rule.is_volatile,
                      .id = std::move(found.id),
                      .acknowledge = true,
                      .members_only = rule.members_only,
                      .level = r.level});
    case target::user:
      return effects_of(direct{std::move(found.name), rule.emit, std::move(args), std::move(found.id), true});
    case target::sender:
      return effects_of(
        emit{.event = rule.emit, .args = std::move(args), .is_volatile = rule.is_volatile, .on_ack = {}}, ok());
    case target::everybody:
      return effects_of(broadcast{.rooms = {},
                        .except = {},
                        .include_sender = rule.include_sender,
                        .event = rule.emit,
                        .args = std::move(args),
                        .is_volatile = rule.is_volatile},
              ok());
    case target::none: return {ok()};
  }
  return {};
}

} // namespace

std::optional<target> target_of(std::string_view to) {
  if (to == "room")
    return target::room;
  if (to == "user")
    return target::user;
  if (to == "sender")
    return target::sender;
  if (to == "namespace")
    return target::everybody;
  if (to == "none")
    return target::none;
  return std::nullopt;
}

rule_events::rule_events(const std::vector<event_rule>& rules) {
  for (const event_rule& rule : rules)
    by_name_.emplace(rule.name, compile(rule));
}

const rule_events::compiled* rule_events::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

result<effects> rule_events::apply(const compiled& r, const call& c) const {
  if (auto why = refuse_sender(r.rule, c.socket.who))
    return *why;
  payload_reader in = c.payload();
  checked found = check_payload(r, c, in);
  if (in.problem())
    return *in.problem();
  if (r.to == target::room)
    if (auto why = refuse_room(c.socket, found.name))
      return *why;
  arguments args = r.to == target::none ? arguments{} : arguments_of(r, c, in, found.id);
  effects asked = deliver(r, std::move(found), std::move(args));
  if (!r.rule.log_topic.empty())
    asked.push_back(event_record(c, r.rule.log_topic, in.first()));
  return asked;
}

} // namespace troupe::logic
