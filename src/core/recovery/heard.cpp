#include "core/recovery/heard.hpp"

#include <algorithm>

namespace troupe::recovery {

/// A node that nobody knew has placed nothing before now.
heard::peer& heard::at(const std::string& node, unix_ms now) {
  auto [entry, fresh] = peers_.try_emplace(node);
  if (fresh)
    entry->second.placed = now;
  entry->second.gone_at = 0;
  return entry->second;
}

void heard::look_whether_gone(peer& p, unix_ms now) const {
  if (!p.linked && !p.alive && p.gone_at == 0)
    p.gone_at = now;
}

void heard::on_alive(const std::string& node, unix_ms now) { at(node, now).alive = true; }

void heard::on_gone(const std::string& node, unix_ms now) {
  if (const auto i = peers_.find(node); i != peers_.end()) {
    i->second.alive = false;
    look_whether_gone(i->second, now);
  }
}

void heard::on_link_up(const std::string& node, unix_ms now) {
  auto& p = at(node, now);
  p.behind = std::min(p.behind, p.placed);
  p.linked = true;
  p.first = 0;
}

void heard::on_link_down(const std::string& node, unix_ms now) {
  if (const auto i = peers_.find(node); i != peers_.end()) {
    i->second.linked = false;
    i->second.behind = std::min(i->second.behind, i->second.placed);
    look_whether_gone(i->second, now);
  }
}

void heard::on_placed(const std::string& node, unix_ms until) {
  const auto i = peers_.find(node);
  if (i == peers_.end() || !i->second.linked)
    return;
  auto& p = i->second;
  p.placed = until;
  if (p.first == 0)
    p.first = until;
  // By its clock: this process may have stood still.
  if (until - p.first > soon_)
    p.behind = never;
}

unix_ms heard::until(unix_ms now) {
  // What a peer had placed that is gone, others hand over.
  std::erase_if(peers_, [&](auto& entry) { return entry.second.gone_at != 0 && now - entry.second.gone_at > 3 * soon_; });
  auto least = now;
  for (auto& [node, p] : peers_)
    least = std::min({least, p.placed, p.behind});
  return least;
}

} // namespace troupe::recovery
