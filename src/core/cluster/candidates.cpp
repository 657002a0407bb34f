#include "core/cluster/candidates.hpp"

#include "core/cluster/slots.hpp"

#include <algorithm>

namespace troupe::cluster {

bool candidates::set(std::vector<std::string> ids, const std::string& self, std::uint16_t slots) {
  std::sort(ids.begin(), ids.end());
  if (ids == ids_ && better_.size() == slots)
    return false;
  ids_ = std::move(ids);
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
  return true;
}

} // namespace troupe::cluster
