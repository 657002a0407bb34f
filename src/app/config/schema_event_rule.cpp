#include "app/config/demands.hpp"
#include "app/config/schema.hpp"
#include "app/config/suggest.hpp"

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
  t.push_back(
    text<event_rule>("log_topic", AT(log_topic), "Recorded in the event log under this topic; empty: not recorded."));
  return t;
}

void read_member(const std::string& key, const YAML::Node& value, event_rule& rule, const mistake& report) {
  std::vector<std::string_view> known;
  for (const auto& o : event_rule_schema()) {
    if (o.key == key)
      return value.IsNull() ? void()
                            : o.read(value, rule, [&](const YAML::Node& at, const std::string&, const std::string& m) {
                                report(at, "." + key, m);
                              });
    known.push_back(o.key);
  }
  report(value, "." + key, "no such key in an event rule" + did_you_mean(closest(key, known)));
}

event_rule read_rule(const YAML::Node& n, const mistake& report) {
  event_rule rule;
  for (const auto& entry : n)
    read_member(entry.first.Scalar(), entry.second, rule, report);
  if (rule.name.empty() && !n["name"])
    report(n, ".name", "an event rule needs a name: the event that clients send");
  return rule;
}

void read_rules(const YAML::Node& n, config& c, const mistake& report) {
  if (!n.IsSequence())
    return report(n, "", "expected a list of event rules (docs/events.md)");
  std::vector<event_rule> rules;
  for (const auto& element : n) {
    auto index = "[" + std::to_string(rules.size()) + "]";
    auto nested = [&](const YAML::Node& at, const std::string& below, const std::string& m) {
      report(at, index + below, m);
    };
    if (!element.IsMap())
      nested(element, "", "expected an event rule such as {name: \"poll:vote\", to: room}");
    rules.push_back(element.IsMap() ? read_rule(element, nested) : event_rule{});
  }
  c.events.rules = std::move(rules);
}

/// Only what differs from the defaults: a rule is easier to read that way.
std::string rule_yaml(const event_rule& rule) {
  std::string out;
  for (const auto& o : event_rule_schema())
    if (auto value = o.yaml(rule, secrecy::open); value != o.yaml(event_rule{}, secrecy::open))
      out += (out.empty() ? "" : ", ") + std::string{o.key} + ": " + value;
  return "{" + out + "}";
}

std::string rules_yaml(const config& c) {
  std::string out;
  for (const auto& rule : c.events.rules)
    out += "\n    - " + rule_yaml(rule);
  return out.empty() ? "[]" : out;
}

} // namespace

std::span<const option<event_rule>> event_rule_schema() {
  static const auto table = rule_table();
  return table;
}

config_option tables::event_rules() {
  return {
    "events.rules",
    "a list of event rules",
    "Events of your own; the keys of a rule are below.",
    read_rules,
    [](const config& c, secrecy) { return rules_yaml(c); },
    true};
}

} // namespace troupe::app
