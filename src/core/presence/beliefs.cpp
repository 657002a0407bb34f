#include "core/presence/beliefs.hpp"

#include <utility>

namespace troupe::presence {

std::optional<belief> beliefs::of(cluster::node_ref node) const {
  const auto known = by_node_.find(node);
  return known == by_node_.end() ? std::nullopt : known->second;
}

void beliefs::answered(cluster::node_ref node, const belief& with, bool first) {
  auto& believed = by_node_[node];
  if (first)
    believed = with;
  else if (believed != with)
    believed.reset(); // the others there do not know it yet
}

news beliefs::tell(cluster::node_ref node, const belief& now) {
  const auto before = std::exchange(by_node_[node], now);
  return {!before || before->online != now.online, before != now};
}

} // namespace troupe::presence
