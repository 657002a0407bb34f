#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::socketio {

/// One array or object of a packet's data.
struct container {
  std::uint32_t count = 0; ///< elements or members
  bool placeholder =
    false; ///< an object with `"_placeholder":true`, whatever else it holds, as the official parser sees it
  std::int64_t index = -1; ///< its `num`; -1 if that is missing or no integer
  std::string_view index_text; ///< where that stands
};

/// The containers of a valid JSON text in the order of their opening brackets. One pass.
std::vector<container> containers_of(std::string_view json);

} // namespace troupe::socketio
