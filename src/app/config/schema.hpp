#pragma once
// The one table behind loading, checks, print-config, the example file and the reference.

#include "app/config.hpp"
#include "app/config/option.hpp"

#include <span>
#include <vector>

namespace troupe::app {

using config_option = option<config>;

/// Every option, grouped by section in the order of the documents.
std::span<const config_option> schema();

/// nullptr when there is no such option.
const config_option* find_option(std::string_view key);

/// "TROUPE_ENGINE_PING_INTERVAL_MS"
std::string environment_name(std::string_view key);

/// True for "server", "auth", "auth.jwt", ...
bool is_section(std::string_view key);

/// What a section is for, one sentence.
std::string_view section_doc(std::string_view section);

/// The keys of one event rule, bound to its struct.
std::span<const option<event_rule>> event_rule_schema();
/// And of one room rule.
std::span<const option<room_rule>> room_rule_schema();

namespace tables { // one per file
std::vector<config_option> transport();
std::vector<config_option> identity();
std::vector<config_option> limits();
std::vector<config_option> application();
std::vector<config_option> cluster();
std::vector<config_option> redis();
std::vector<config_option> postgres();
std::vector<config_option> operations();
config_option event_rules();
config_option room_rules();
} // namespace tables

} // namespace troupe::app
