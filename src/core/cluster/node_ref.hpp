#pragma once

#include <compare>
#include <cstdint>

namespace troupe::cluster {

/// One life of a node: its number in the cluster and its incarnation. A restarted node is another one.
struct node_ref {
  std::uint16_t number = 0;
  std::uint64_t incarnation = 0; ///< 0: nobody

  explicit operator bool() const { return incarnation != 0; }
  auto operator<=>(const node_ref&) const = default;
};

} // namespace troupe::cluster
