#pragma once

#include "core/logic/builtin/call.hpp"
#include "core/logic/event_rule.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::logic {

/// Event rules, compiled: by name, with the target as an enum and every default filled in.
class rule_events {
 public:
  enum class target : std::uint8_t { room, user, sender, everybody, none };
  struct compiled {
    event_rule rule; ///< `emit` and `target_field` are never empty where they matter
    target to = target::room;
    room::safety level = room::safety::home;
  };

  explicit rule_events(const std::vector<event_rule>& rules);

  const compiled* find(std::string_view name) const;
  result<effects> apply(const compiled& rule, const call& c) const;

 private:
  std::map<std::string, compiled, std::less<>> by_name_;
};

/// What `to` means; nothing for an unknown word.
std::optional<rule_events::target> target_of(std::string_view to);

} // namespace troupe::logic
