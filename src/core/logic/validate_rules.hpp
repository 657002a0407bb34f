#pragma once

#include "core/logic/event_names.hpp"
#include "core/logic/event_rule.hpp"

#include <cstddef>
#include <vector>

namespace troupe::logic {

/// What is wrong with one rule, taken alone. `field` is the key inside the rule.
std::vector<setting_problem> validate(const event_rule& rule, std::size_t max_name_bytes);

struct rule_problem {
  std::size_t rule; ///< index into the list
  std::string field;
  std::string message;
};

/// Every rule taken alone, and all of them together with the built-in events under the names used here.
std::vector<rule_problem> validate_rules(const std::vector<event_rule>& rules, const name_map& names,
                                         std::size_t max_name_bytes);

} // namespace troupe::logic
