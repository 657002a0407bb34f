#include "core/logic/validate_rules.hpp"

#include "core/logic/rule_events.hpp"

#include <algorithm>
#include <map>

namespace troupe::logic {
namespace {

using target = rule_events::target;

class findings {
 public:
  void add(std::string field, std::string message) { list_.push_back({std::move(field), std::move(message)}); }
  std::vector<setting_problem> take() { return std::move(list_); }

 private:
  std::vector<setting_problem> list_;
};

void check_event_name(findings& out, const std::string& field, const std::string& name, std::size_t max_bytes) {
  if (is_reserved_event(name))
    out.add(field, "\"" + name + "\" is reserved by Socket.IO; choose another name");
  if (name.size() > max_bytes)
    out.add(field, "the name is longer than limits.max_event_name_bytes (" + std::to_string(max_bytes) + ")");
}

void check_target(findings& out, const event_rule& rule, target to) {
  const bool named = to == target::room || to == target::user;
  if (!named && !rule.target_field.empty())
    out.add("target_field", "\"to: " + rule.to + "\" has no target to name; leave target_field out");
  if (to == target::user && !rule.stamp)
    out.add("stamp", "an event to a user is always stamped; leave stamp out");
  if (to == target::user && rule.is_volatile)
    out.add("volatile", "an event to a user waits while the user is away, so it cannot be volatile");
  if (to == target::none && rule.log_topic.empty())
    out.add("log_topic", "with \"to: none\" and no log_topic the event would do nothing; give it a topic");
  if (to == target::none && !rule.emit.empty())
    out.add("emit", "with \"to: none\" nothing is emitted; leave emit out");
  if (rule.include_sender && to != target::room && to != target::everybody)
    out.add("include_sender", "only events to a room or to the namespace can include the sender");
}

void check_level(findings& out, const event_rule& rule) {
  const auto level = room::safety_of(rule.level);
  if (!level)
    out.add("level", "\"" + rule.level + "\" is unknown; expected home, stored or replicated");
  else if (*level != room::safety::home && target_of(rule.to) != target::room)
    out.add("level", "only events to a room have a level; leave it out");
}

void check_lists(findings& out, const event_rule& rule) {
  const auto has_empty = [](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), "") != list.end();
  };
  if (has_empty(rule.roles))
    out.add("roles", "a role must not be empty");
  if (has_empty(rule.permissions))
    out.add("permissions", "a permission must not be empty");
  if (has_empty(rule.require))
    out.add("require", "a member's name must not be empty");
}

std::string builtin_called(const std::string& name, const name_map& names) {
  for (std::string_view builtin : builtin_events())
    if (used_name(names, builtin) == name)
      return std::string(builtin);
  return {};
}

} // namespace

std::vector<setting_problem> validate(const event_rule& rule, std::size_t max_name_bytes) {
  findings out;
  if (rule.name.empty())
    out.add("name", "a rule needs the name of the event that clients send");
  check_event_name(out, "name", rule.name, max_name_bytes);
  check_event_name(out, "emit", rule.emit, max_name_bytes);
  if (const auto to = target_of(rule.to))
    check_target(out, rule, *to);
  else
    out.add("to", "\"" + rule.to + "\" is unknown; expected room, user, sender, namespace or none");
  check_level(out, rule);
  check_lists(out, rule);
  return out.take();
}

std::vector<rule_problem> validate_rules(const std::vector<event_rule>& rules, const name_map& names,
                                         std::size_t max_name_bytes) {
  std::vector<rule_problem> problems;
  std::map<std::string_view, std::size_t> first_with;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    for (auto& found : validate(rules[i], max_name_bytes))
      problems.push_back({i, std::move(found.field), std::move(found.message)});
    if (rules[i].name.empty())
      continue;
    if (const std::string builtin = builtin_called(rules[i].name, names); !builtin.empty())
      problems.push_back({i, "name", "\"" + rules[i].name + "\" is a built-in event; choose another name, or rename or switch "
                                     "off the built-in one with events.names." + builtin});
    if (const auto [other, is_new] = first_with.emplace(rules[i].name, i); !is_new)
      problems.push_back({i, "name", "rule " + std::to_string(other->second + 1) + " is called \"" + rules[i].name
                                     + "\" already"});
  }
  return problems;
}

} // namespace troupe::logic
