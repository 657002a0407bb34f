#include "core/cluster/slots.hpp"

#include <algorithm>
#include <numeric>

namespace troupe::cluster {

std::uint64_t stable_hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t h = 0xcbf29ce484222325ull ^ seed;
  for (const unsigned char c : text) {
    h ^= c;
    h *= 0x100000001b3ull;
  }
  // FNV mixes the last bytes badly; this is the finaliser of MurmurHash3.
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdull;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ull;
  return h ^ (h >> 33);
}

std::vector<std::size_t> preference(std::uint16_t slot, std::span<const std::string> nodes) {
  std::vector<std::uint64_t> weight;
  weight.reserve(nodes.size());
  for (auto& id : nodes)
    weight.push_back(stable_hash(id, (std::uint64_t{slot} + 1) * 0x9e3779b97f4a7c15ull));
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return weight[a] != weight[b] ? weight[a] > weight[b] : nodes[a] < nodes[b];
  });
  return order;
}

} // namespace troupe::cluster
