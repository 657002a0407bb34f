#include "core/recovery/journal.hpp"

#include <algorithm>

namespace troupe::recovery {

std::optional<places_before> journal::before(const said& event, std::span<const std::uint64_t> rooms) const {
  std::size_t n = 0;
  while (n < ring_.size() && ago(n) != event)
    ++n;
  if (n == ring_.size())
    return std::nullopt;
  places_before found(rooms.size());
  std::size_t missing = rooms.size();
  for (++n; n < ring_.size() && missing > 0; ++n) {
    const auto& s = ago(n);
    const auto at = std::find(rooms.begin(), rooms.end(), s.room);
    if (at == rooms.end() || found[static_cast<std::size_t>(at - rooms.begin())])
      continue;
    found[static_cast<std::size_t>(at - rooms.begin())] = s.at;
    --missing;
  }
  return found;
}

} // namespace troupe::recovery
