#pragma once

#include <compare>
#include <cstdint>

namespace troupe {

/// Names one Engine.IO session of this node: the shard that owns it, its slot in the shard's table, and the slot's
/// generation, so that a reference to a session that is gone never reaches the next one in the same slot.
struct session_ref {
  std::uint16_t shard = 0;
  std::uint32_t slot = 0;        ///< 24 bits are used
  std::uint32_t generation = 0;

  auto operator<=>(const session_ref&) const = default;
};

} // namespace troupe
