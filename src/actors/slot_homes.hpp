#pragma once

#include "core/cluster/node_effects.hpp"
#include "core/cluster/slots.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Which node is the home of which slot, as a shard knows. A node of its own is the home of everything.
class slot_homes {
 public:
  void alone(cluster::node_ref me) { all_ = {me, 1, true}; }
  void set(std::uint16_t slot, const cluster::slot_home& where) {
    if (slots_.empty())
      slots_.resize(cluster::slot_count);
    slots_.at(slot) = where;
  }
  cluster::slot_home home_of(std::string_view key) const { return slots_.empty() ? all_ : slots_[cluster::slot_of(key)]; }

 private:
  cluster::slot_home all_;
  std::vector<cluster::slot_home> slots_;
};

} // namespace troupe::actors
