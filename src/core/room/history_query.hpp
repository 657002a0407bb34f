#pragma once

#include "core/room/place.hpp"

#include <cstddef>
#include <optional>

namespace troupe::room {

/// What is asked of a room's history. Not both places.
struct history_query {
  std::optional<place> before; ///< the newest before this one
  std::optional<place> after;  ///< the oldest after this one; neither: the newest of all
  std::size_t max = 50;
};

} // namespace troupe::room
