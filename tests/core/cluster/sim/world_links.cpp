#include "core/cluster/sim/world.hpp"

#include <algorithm>

namespace troupe::sim {

using namespace cluster;

void world::send(std::size_t from, std::size_t to, std::string bytes) {
  auto& w = between(from, to);
  const auto c = w.current;
  if (!c || !c->up[side(from, to)] || c->closed[side(from, to)])
    return;
  ++messages;
  const auto at = side(to, from);
  if (w.cut[at])
    c->held[at].push_back(std::move(bytes));
  else
    deliver(from, to, c, std::move(bytes));
}

void world::deliver(std::size_t from, std::size_t to, const std::shared_ptr<connection>& c, std::string bytes) {
  const auto at = side(to, from);
  c->last_arrival[at] = std::max(c->last_arrival[at], now() + delay(3));
  if (!alive(to))
    return;
  post(to, c->last_arrival[at], [this, from, to, at, c, bytes = std::move(bytes)] {
    if (c->up[at] && !c->closed[at])
      call(to, [&](auto& m) { return m.on_message(nodes_[from].me.id, bytes, now(), wall()); });
  });
}

/// One side's view of the end.
void world::close(std::size_t n, std::size_t other, const std::shared_ptr<connection>& c, link_end why) {
  const auto at = side(n, other);
  if (std::exchange(c->closed[at], true))
    return;
  if (c->closed[0] && c->closed[1])
    between(n, other).next_try = now() + delay(5);
  if (c->up[at] && alive(n))
    call(n, [&](auto& m) { return m.on_link_down(c->who[side(other, n)], why, now(), wall()); });
}

/// Whether `n` hears `other` has changed: a silence that lasts ends the connection.
void world::hearing_changed(std::size_t n, std::size_t other) {
  auto& w = between(n, other);
  const auto at = side(n, other);
  const auto count = ++w.mute_count[at];
  const auto c = w.current;
  if (!c || !(w.cut[at] || !running(other)))
    return;
  time_.in(o_.link_timeout, [this, n, other, at, count, c] {
    if (between(n, other).mute_count[at] != count || !alive(n))
      return;
    post(n, now(), [this, n, other, at, count, c] {
      if (between(n, other).mute_count[at] != count)
        return;
      close(n, other, c, link_end::silent);
      if (!between(n, other).cut[side(other, n)] && alive(other))
        post(other, now() + delay(3), [this, n, other, c] { close(other, n, c, link_end::reset); });
    });
  });
}

void world::cut(std::size_t from, std::size_t to, bool on) {
  auto& w = between(from, to);
  const auto at = side(to, from);
  if (w.cut[at] == on)
    return;
  w.cut[at] = on;
  hearing_changed(to, from);
  const auto c = w.current;
  if (on || !c)
    return;
  for (auto& bytes : std::exchange(c->held[at], {}))
    deliver(from, to, c, std::move(bytes));
  // What one side closed meanwhile the other one learns now.
  if (c->closed[side(from, to)] && alive(to))
    post(to, now() + delay(3), [this, from, to, c] { close(to, from, c, link_end::reset); });
}

void world::connect_all() {
  for (std::size_t a = 0; a < nodes_.size(); ++a)
    for (std::size_t b = a + 1; b < nodes_.size(); ++b)
      try_connect(a, b);
  time_.in(duration{10}, [this] { connect_all(); });
}

void world::try_connect(std::size_t a, std::size_t b) {
  auto& w = between(a, b);
  const bool taken = w.current && !(w.current->closed[0] && w.current->closed[1]);
  if (taken || now() < w.next_try || w.cut[0] || w.cut[1])
    return;
  w.next_try = now() + o_.link_retry;
  const bool wanted = (running(a) && nodes_[a].wanted.contains(b)) || (running(b) && nodes_[b].wanted.contains(a));
  if (!wanted)
    return;
  for (auto [from, to] : {std::pair(a, b), std::pair(b, a)})
    if (running(from) && !alive(to))
      post(from, now() + delay(2), [this, from = from, to = to, who = name(to)] {
        call(from, [&](auto& m) { return m.on_link_down(who, link_end::refused, now(), wall()); });
      });
  if (!running(a) || !running(b))
    return;
  auto c = w.current = std::make_shared<connection>();
  c->who = {name(a), name(b)};
  for (auto [at, other] : {std::pair(a, b), std::pair(b, a)})
    post(at, now() + delay(5), [this, c, at = at, other = other] {
      const auto s = side(at, other);
      if (c->closed[s])
        return;
      c->up[s] = true;
      c->since = now();
      call(at, [&](auto& m) { return m.on_link_up(c->who[side(other, at)], now(), wall()); });
    });
}

std::vector<std::size_t> world::long_linked(std::size_t n) const {
  std::vector<std::size_t> list;
  for (auto& [pair, w] : ways_) {
    if ((pair.first != n && pair.second != n) || !w.current)
      continue;
    const auto other = pair.first == n ? pair.second : pair.first;
    const auto& c = *w.current;
    const bool whole = c.up[0] && c.up[1] && !c.closed[0] && !c.closed[1];
    if (whole && running(other) && now() - c.since > o_.node.open_timeout)
      list.push_back(other);
  }
  return list;
}

/// The process is gone: its kernel closes what was open.
void world::end_links(std::size_t n, link_end why) {
  for (std::size_t other = 0; other < nodes_.size(); ++other) {
    if (other == n)
      continue;
    auto& w = between(n, other);
    const auto c = w.current;
    hearing_changed(other, n);
    if (!c)
      continue;
    c->closed[side(n, other)] = true;
    if (alive(other) && !w.cut[side(other, n)]) {
      c->last_arrival[side(other, n)] = std::max(c->last_arrival[side(other, n)], now() + delay(3));
      post(other, c->last_arrival[side(other, n)], [this, n, other, c, why] { close(other, n, c, why); });
    }
  }
}

} // namespace troupe::sim
