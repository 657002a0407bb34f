#include "core/cluster/sim/world.hpp"

#include <algorithm>

namespace troupe::sim {

using namespace cluster;

world::world(world_options o, std::uint64_t seed) : store(o.node.slots), o_(o), random_(seed) { connect_all(); }

std::optional<std::size_t> world::index_of(const std::string& id) const {
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (nodes_[n].me.id == id)
      return n;
  return std::nullopt;
}

std::size_t world::start_node() {
  nodes_.emplace_back();
  const auto n = nodes_.size() - 1;
  auto& me = nodes_[n].me;
  me.id = "node-" + std::to_string(n);
  me.number = static_cast<std::uint16_t>(1 + n * o_.number_step);
  me.host = "10.0.0." + std::to_string(n);
  me.port = 7'000;
  begin(n);
  return n;
}

void world::begin(std::size_t n) {
  auto& it = nodes_[n];
  it.me.incarnation = static_cast<std::uint64_t>(wall());
  it.me.draining = false;
  it.machine = std::make_unique<node_machine>(o_.node, it.me);
  it.tick.reset();
  it.deferred.clear();
  it.wanted.clear();
  checker.forget(n);
  call(n, [this](auto& m) { return m.start(now(), wall()); });
}

void world::restart_node(std::size_t n) {
  if (!alive(n))
    begin(n);
}

void world::post(std::size_t n, time_point when, std::function<void()> what) {
  const auto life = nodes_[n].me.incarnation;
  time_.at(when, [this, n, life, what = std::move(what)]() mutable {
    auto& it = nodes_[n];
    if (!it.machine || it.me.incarnation != life)
      return;
    if (it.paused)
      it.deferred.push_back(std::move(what));
    else
      what();
  });
}

void world::call(std::size_t n, std::function<node_effects(node_machine&)> f) {
  auto effects = f(*nodes_[n].machine);
  checker.look(n, nodes_[n].me, *nodes_[n].machine, o_.node.slots);
  for (auto& e : effects) {
    if (auto* o = std::get_if<slots_opened>(&e))
      checker.opened(*this, n, *o);
    if (watch)
      watch(n, e);
    apply(n, e);
    if (!alive(n))
      return;
  }
  schedule_tick(n);
}

void world::schedule_tick(std::size_t n) {
  auto& it = nodes_[n];
  const auto due = std::max(it.machine->next_deadline(), now());
  if (due == time_point::max() || (it.tick && *it.tick <= due))
    return;
  it.tick = due;
  post(n, due, [this, n, due] {
    if (nodes_[n].tick != due)
      return; // an earlier one was scheduled since
    nodes_[n].tick.reset();
    call(n, [this](auto& m) { return m.on_time(now(), wall()); });
  });
}

template<class T>
void world::ask(std::size_t n, std::function<result<T>()> carry_out, std::function<void(result<T>)> answer) {
  auto& it = nodes_[n];
  const auto life = it.me.incarnation;
  it.last_executed = std::max(it.last_executed, now() + delay(4));
  time_.at(it.last_executed, [this, n, life, carry_out, answer] {
    auto& asker = nodes_[n];
    const bool cut = store.away || asker.no_registry;
    result<T> said = error{"registry_unavailable", "the store is away."};
    auto takes = delay(3);
    if (!cut)
      said = carry_out();
    else
      takes = delay(300);
    if (!asker.machine || asker.me.incarnation != life)
      return;
    asker.last_answer = std::max(asker.last_answer, now() + takes);
    post(n, asker.last_answer, [this, n, said = std::move(said), answer] {
      // What was carried out just before the way broke stays unanswered.
      const bool lost = store.away || nodes_[n].no_registry;
      answer(lost ? result<T>(error{"registry_unavailable", "the answer was lost."}) : said);
    });
  });
}

void world::apply(std::size_t n, const node_effect& e) {
  if (auto* r = std::get_if<do_renew>(&e)) {
    ask<renewed>(
      n, [this, me = r->me, ttl = r->ttl] { return store.renew(me, ttl, now()); },
      [this, n, sent = now()](auto said) { call(n, [&](auto& m) { return m.on_renewed(said, sent, now(), wall()); }); });
  } else if (std::holds_alternative<do_read>(e)) {
    ask<registry_view>(
      n, [this] { return store.read(now()); },
      [this, n](auto said) { call(n, [&](auto& m) { return m.on_read(said, now(), wall()); }); });
  } else if (auto* c = std::get_if<do_claim>(&e)) {
    ask<std::vector<slot_grant>>(
      n,
      [this, me = nodes_[n].me, claims = c->claims] {
        auto grants = store.claim(me, claims);
        store.last_grant = now();
        return grants;
      },
      [this, n](auto said) { call(n, [&](auto& m) { return m.on_claimed(said, now(), wall()); }); });
  } else if (auto* d = std::get_if<do_remove>(&e)) {
    ask<bool>(n, [this, id = d->node, life = d->incarnation] { store.remove(id, life); return true; }, [](auto) {});
  } else if (auto* l = std::get_if<do_link>(&e)) {
    if (const auto other = index_of(l->peer.node))
      nodes_[n].wanted.insert(*other);
  } else if (auto* u = std::get_if<do_unlink>(&e)) {
    if (const auto other = index_of(u->node))
      nodes_[n].wanted.erase(*other);
  } else if (auto* t = std::get_if<do_tell>(&e)) {
    tell(n, *t);
  } else if (auto* moved = std::get_if<slots_moved>(&e)) {
    if (moved->report != 0)
      post(n, now() + delay(20), [this, n, report = moved->report] {
        call(n, [&](auto& m) { return m.on_rooms_reported(report, now(), wall()); });
      });
  } else if (auto* g = std::get_if<give_up>(&e)) {
    checker.gave_up(n, g->why.code);
    crash(n);
  }
}

void world::tell(std::size_t n, const do_tell& t) {
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (other != n && (t.to.empty() || nodes_[other].me.id == t.to))
      send(n, other, t.bytes);
  if (!t.to.empty() || store.away || nodes_[n].no_registry)
    return;
  for (std::size_t other = 0; other < nodes_.size(); ++other) {
    const bool lost = static_cast<double>(pick(1'000)) < 1'000 * o_.bus_loss;
    if (!alive(other) || nodes_[other].no_registry || lost)
      continue;
    post(other, now() + delay(6), [this, other, from = nodes_[n].me.id, bytes = t.bytes] {
      call(other, [&](auto& m) { return m.on_message(from, bytes, now(), wall()); });
    });
  }
}

void world::crash(std::size_t n) {
  if (!alive(n))
    return;
  nodes_[n].machine.reset();
  nodes_[n].paused = false;
  end_links(n, link_end::reset);
}

void world::pause(std::size_t n) {
  if (!running(n))
    return;
  nodes_[n].paused = true;
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (other != n)
      hearing_changed(other, n);
}

void world::wake(std::size_t n) {
  if (!alive(n) || !nodes_[n].paused)
    return;
  nodes_[n].paused = false;
  for (auto& what : std::exchange(nodes_[n].deferred, {})) {
    if (!alive(n))
      return;
    what();
  }
  for (std::size_t other = 0; other < nodes_.size(); ++other)
    if (other != n)
      hearing_changed(other, n);
}

void world::drain(std::size_t n, bool on) {
  if (!running(n))
    return;
  nodes_[n].me.draining = on;
  call(n, [&](auto& m) { return m.drain(on, now(), wall()); });
}

void world::leave(std::size_t n) {
  if (!running(n))
    return;
  call(n, [&](auto& m) { return m.leave(now()); });
  if (!alive(n))
    return;
  nodes_[n].machine.reset();
  end_links(n, link_end::left);
}

} // namespace troupe::sim
