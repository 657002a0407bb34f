#pragma once

#include <string_view>

namespace troupe {

/// "0.1.0", from the build.
inline constexpr std::string_view version = TROUPE_VERSION;

} // namespace troupe
