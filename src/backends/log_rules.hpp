#pragma once

#include "ports/room_log.hpp"

#include <vector>

namespace troupe {

/// Whether the positions of one append grow, beginning above 0-0 (which is where an empty log ends).
inline bool positions_grow(const std::vector<ports::log_entry>& entries) {
  ports::log_position before;
  for (const auto& e : entries) {
    if (e.at <= before)
      return false;
    before = e.at;
  }
  return true;
}

} // namespace troupe
