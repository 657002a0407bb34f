#pragma once

#include <compare>
#include <cstdint>

namespace troupe::room {

/// A message's place in its room; compared by epoch first. {0, 0} comes before every message.
struct place {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;

  auto operator<=>(const place&) const = default;
};

} // namespace troupe::room
