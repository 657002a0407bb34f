#pragma once

#include "core/cluster/registry_data.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace troupe::cluster {

/// Who may become the home of slots, and for each slot who of them comes before this node.
class candidates {
 public:
  /// False when nothing changes. `ids` in any order. A pinned slot prefers the node of its pin, if that is one of `ids`.
  bool set(std::vector<std::string> ids, const std::string& self, std::uint16_t slots, const slot_pins& pins = {});

  /// This node is one of them.
  bool has_self() const { return has_self_; }
  const std::vector<std::string>& ids() const { return ids_; }
  /// Indexes into `ids()`, best first; empty: nobody is better than this node (if it is one).
  std::span<const std::uint16_t> better(std::uint16_t slot) const { return better_[slot]; }

 private:
  void prefer(std::uint16_t slot, const std::string& node, std::size_t me);

  bool has_self_ = false;
  slot_pins pins_;
  std::vector<std::string> ids_;
  std::vector<std::vector<std::uint16_t>> better_;
};

} // namespace troupe::cluster
