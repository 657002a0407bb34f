#pragma once

#include <string_view>

namespace troupe {

/// Whether a name is meant by a pattern, as configuration and tokens write them: the name itself, or its beginning and a `*`.
constexpr bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*'))
    return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

} // namespace troupe
