#pragma once

#include <span>
#include <string>
#include <string_view>

namespace troupe::app {

/// Letters to add, drop, change or swap with the next one to get from `a` to `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// What somebody who wrote `given` probably meant; empty when nothing is near. Forgives camelCase, a missing unit
/// (`ping_interval`) and, for dotted keys, the wrong section.
std::string closest(std::string_view given, std::span<const std::string_view> known);

/// "; did you mean server.port?", or nothing for an empty suggestion.
std::string did_you_mean(const std::string& suggestion);

} // namespace troupe::app
