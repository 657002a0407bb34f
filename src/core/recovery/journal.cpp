#include "core/recovery/journal.hpp"

#include "core/cluster/wire.hpp"

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

// Epochs and places of neighbours are alike, but of other rooms; small numbers do well enough.
std::string journal::encode() const {
  namespace wire = cluster::wire;
  std::string out;
  wire::put(out, std::uint64_t{ring_.size()});
  for (auto n = ring_.size(); n-- > 0;) {
    const auto& s = ago(n);
    wire::put(out, s.room);
    wire::put(out, s.at.epoch);
    wire::put(out, s.at.seq);
  }
  return out;
}

std::optional<journal> journal::decode(std::string_view bytes) {
  cluster::wire::reader in(bytes);
  const auto count = in.count();
  journal j(count);
  j.ring_.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    said s;
    s.room = in.number();
    s.at.epoch = in.number();
    s.at.seq = in.number();
    j.add(s);
  }
  if (!in.done())
    return std::nullopt;
  return j;
}

} // namespace troupe::recovery
