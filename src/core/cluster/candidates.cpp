#include "core/cluster/candidates.hpp"

#include "core/cluster/slots.hpp"

#include <algorithm>

namespace troupe::cluster {

bool candidates::set(std::vector<std::string> ids, const std::string& self, std::uint16_t slots, const slot_pins& pins) {
  std::sort(ids.begin(), ids.end());
  if (ids == ids_ && better_.size() == slots && pins == pins_)
    return false;
  ids_ = std::move(ids);
  pins_ = pins;
  const auto mine = std::find(ids_.begin(), ids_.end(), self);
  has_self_ = mine != ids_.end();
  better_.assign(slots, {});
  if (!has_self_)
    return true;
  const auto me = static_cast<std::size_t>(mine - ids_.begin());
  for (std::uint16_t slot = 0; slot < slots; ++slot)
    for (const auto index : preference(slot, ids_)) {
      if (index == me)
        break;
      better_[slot].push_back(static_cast<std::uint16_t>(index));
    }
  for (auto& [slot, pin] : pins_)
    if (slot < slots)
      prefer(slot, pin.node, me);
  return true;
}

void candidates::prefer(std::uint16_t slot, const std::string& node, std::size_t me) {
  const auto found = std::find(ids_.begin(), ids_.end(), node);
  if (found == ids_.end())
    return;
  const auto first = static_cast<std::uint16_t>(found - ids_.begin());
  auto& list = better_[slot];
  if (first == me)
    return list.clear();
  std::erase(list, first);
  list.insert(list.begin(), first);
}

} // namespace troupe::cluster
