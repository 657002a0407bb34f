#include "core/presence/beliefs.hpp"

#include <utility>

namespace troupe::presence {

void beliefs::set(cluster::node_ref node, std::optional<belief> what) {
  if (what)
    by_node_[node] = std::move(what);
  else
    by_node_.erase(node);
}

std::optional<belief> beliefs::of(cluster::node_ref node) const {
  const auto known = by_node_.find(node);
  return known == by_node_.end() ? std::nullopt : known->second;
}

void beliefs::answered(cluster::node_ref node, const belief& with, bool first) {
  const auto [at, untold] = by_node_.try_emplace(node, with);
  if (first || untold)
    at->second = with;
  else if (at->second != with)
    at->second.reset(); // the others there do not know it yet
}

news beliefs::tell(cluster::node_ref node, const belief& now) { return news_to(std::exchange(by_node_[node], now), now); }

news news_to(const std::optional<belief>& before, const belief& now) { return {!before || before->online != now.online, before != now}; }

} // namespace troupe::presence
