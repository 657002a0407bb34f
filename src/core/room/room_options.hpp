#pragma once

#include "base/time.hpp"

#include <cstddef>

namespace troupe::room {

/// How rooms behave (sections `rooms` and `typing` of the configuration).
struct options {
  duration idle_timeout{60'000};         ///< an empty room's actor ends after this
  std::size_t announce_max_members = 100;///< room_joined and room_left are sent while the room is not larger
  duration typing_timeout{5'000};        ///< a typing member who says nothing more has stopped
  std::size_t max_members = 100'000;     ///< copied from limits.max_room_members
};

} // namespace troupe::room
