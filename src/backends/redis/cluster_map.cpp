#include "backends/redis/cluster_map.hpp"

#include "backends/redis/url.hpp"

#include <boost/crc.hpp>

#include <algorithm>

namespace troupe::redis {

std::uint16_t hash_slot(std::string_view key) {
  if (auto open = key.find('{'); open != key.npos)
    if (auto close = key.find('}', open + 1); close != key.npos && close > open + 1)
      key = key.substr(open + 1, close - open - 1);
  boost::crc_optimal<16, 0x1021, 0, 0, false, false> crc; // CRC-16/XMODEM
  crc.process_bytes(key.data(), key.size());
  return crc.checksum() % cluster_map::slots;
}

std::optional<redirect> redirect_of(const reply& r, const endpoint& asked) {
  if (!r.is_error("MOVED") && !r.is_error("ASK"))
    return std::nullopt;
  std::string_view text = r.text;
  auto first = text.find(' '), second = text.find(' ', first + 1);
  if (second == text.npos)
    return std::nullopt;
  auto slot = to_number(text.substr(first + 1, second - first - 1));
  auto where = text.substr(second + 1);
  auto colon = where.rfind(':'); // IPv6 addresses stand here without brackets
  if (colon == where.npos || slot >= cluster_map::slots)
    return std::nullopt;
  endpoint to{std::string(where.substr(0, colon)), static_cast<std::uint16_t>(to_number(where.substr(colon + 1)))};
  if (to.host.empty() || to.host == "?")
    to.host = asked.host;
  return redirect{static_cast<std::uint16_t>(slot), std::move(to)};
}

bool cluster_map::read(const reply& r, const endpoint& asked) {
  cluster_map fresh;
  fresh.owner_.assign(slots, nobody);
  for (const auto& range : r.items) {
    if (!range.is_list(3) || !range.items[2].is_list(2))
      return false;
    const auto& node = range.items[2].items; // the first is the master
    endpoint master{node[0].text.empty() || node[0].text == "?" ? asked.host : node[0].text,
      static_cast<std::uint16_t>(node[1].integer)};
    auto index = fresh.index_of(master);
    auto last = std::min<std::int64_t>(range.items[1].integer, slots - 1);
    for (auto slot = std::max<std::int64_t>(range.items[0].integer, 0); slot <= last; ++slot)
      fresh.owner_[static_cast<std::size_t>(slot)] = index;
  }
  if (!fresh.known())
    return false;
  *this = std::move(fresh);
  return true;
}

void cluster_map::moved(std::uint16_t slot, const endpoint& to) {
  owner_.resize(slots, nobody);
  owner_[slot] = index_of(to);
}

const endpoint* cluster_map::owner(std::uint16_t slot) const {
  return slot < owner_.size() && owner_[slot] != nobody ? &nodes_[owner_[slot]] : nullptr;
}

std::uint16_t cluster_map::index_of(const endpoint& e) {
  auto at = std::find(nodes_.begin(), nodes_.end(), e);
  if (at == nodes_.end())
    at = nodes_.insert(at, e);
  return static_cast<std::uint16_t>(at - nodes_.begin());
}

} // namespace troupe::redis
