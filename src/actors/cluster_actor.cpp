#include "actors/cluster_actor.hpp"

#include "actors/hub.hpp"
#include "base/log.hpp"
#include "core/cluster/envelope.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::actors {

cluster_actor::cluster_actor(caf::actor_config& cfg, std::shared_ptr<class hub> h, cluster_ports p, cluster::node_options o,
                             ports::node_record me, listeners l)
  : caf::event_based_actor(cfg), hub_(std::move(h)), out_(p), machine_(o, me), me_(std::move(me)), listeners_(std::move(l)) {}

caf::behavior cluster_actor::make_behavior() {
  hub_->sure_until.store(time_point::min(), std::memory_order_release); // until it has looked around
  run(machine_.start(clock::now(), hub_->wall()));
  schedule();
  return {[this](const renewed_answer& m) { run(machine_.on_renewed(m.r, m.sent, clock::now(), hub_->wall())); },
          [this](const read_answer& m) { on(m); },
          [this](const claimed_answer& m) { run(machine_.on_claimed(m.r, clock::now(), hub_->wall())); },
          [this](const link_news& m) {
            run(m.up ? machine_.on_link_up(m.peer, clock::now(), hub_->wall())
                     : machine_.on_link_down(m.peer, m.why, clock::now(), hub_->wall()));
          },
          [this](const node_payload& m) {
            heard_[m.from] = clock::now();
            run(machine_.on_message(m.from, m.bytes, clock::now(), hub_->wall()));
          },
          [this](const rooms_reported& m) { run(machine_.on_rooms_reported(m.report, clock::now(), hub_->wall())); },
          [this](const higher_epoch_seen& m) { run(machine_.on_higher_epoch(m.slot, m.epoch, clock::now())); },
          [this](const drain_slots& m) { on(m); },
          [this](const pin_slot& m) { out_.registry.pin(m.slot, m.where, m.done); },
          [this](const leave_cluster& m) {
            run(machine_.leave(clock::now()));
            (void)m;
            quit();
          },
          [this](cluster_tick) {
            look_around(clock::now());
            run(machine_.on_time(clock::now(), hub_->wall()));
            if (listeners_.on_tick)
              listeners_.on_tick(clock::now());
            schedule();
          }};
}

void cluster_actor::schedule() {
  const auto left = std::chrono::duration_cast<duration>(machine_.next_deadline() - clock::now());
  delayed_send(this, std::clamp(left, duration(1), duration(100)), cluster_tick{});
}

void cluster_actor::run(cluster::node_effects effects) {
  for (auto& one : effects)
    std::visit([this](auto& e) { apply(e); }, one);
  if (drained_.use_count() > 0) // it holds nothing but what its end does
    look_at_drain();
  tell_keys();
  show(clock::now());
}

void cluster_actor::tell_keys() {
  keys_lease now{machine_.leased(), machine_.mark()};
  if (!hub_->keys || (now.leased == told_keys_.leased && now.store == told_keys_.store))
    return;
  told_keys_ = now;
  caf::anon_send(hub_->keys, std::move(now));
}

void cluster_actor::apply(cluster::do_renew& e) {
  out_.registry.renew(e.me, e.ttl, [self = caf::actor_cast<caf::actor>(this), sent = clock::now()](result<ports::renewed> r) {
    caf::anon_send(self, renewed_answer{std::move(r), sent});
  });
}

void cluster_actor::apply(cluster::do_read&) {
  out_.registry.read([self = caf::actor_cast<caf::actor>(this)](result<ports::registry_view> r) {
    caf::anon_send(self, read_answer{std::move(r)});
  });
}

void cluster_actor::apply(cluster::do_claim& e) {
  out_.registry.claim(me_, std::move(e.claims), [self = caf::actor_cast<caf::actor>(this)](result<std::vector<ports::slot_grant>> r) {
    caf::anon_send(self, claimed_answer{std::move(r)});
  });
}

void cluster_actor::apply(cluster::do_remove& e) { out_.registry.remove(e.node, e.incarnation, [](const result<bool>&) {}); }

void cluster_actor::apply(cluster::do_link& e) { out_.links.want(e.peer, e.host, e.port); }

void cluster_actor::apply(cluster::do_unlink& e) { out_.links.forget(e.node); }

void cluster_actor::apply(cluster::do_tell& e) {
  const auto bytes = cluster::sealed(cluster::addressee::node, "", e.bytes);
  if (!e.to.empty()) {
    out_.links.send(e.to, bytes);
    return;
  }
  for (auto& p : machine_.peers())
    if (p.linked)
      out_.links.send(p.record.id, bytes);
  out_.bus.publish(cluster_channel, cluster::sealed(cluster::addressee::node, me_.id, e.bytes));
}

void cluster_actor::tell_rooms(std::vector<std::pair<std::uint16_t, cluster::slot_home>> slots, std::shared_ptr<void> reported) {
  auto shared = std::make_shared<const std::vector<std::pair<std::uint16_t, cluster::slot_home>>>(std::move(slots));
  for (auto& part : hub_->directories)
    caf::anon_send(part, slots_news{shared, reported});
}

void cluster_actor::apply(cluster::slots_moved& e) {
  std::shared_ptr<void> reported;
  if (e.report)
    reported = {nullptr, [self = caf::actor_cast<caf::actor>(this), report = e.report](void*) {
                  caf::anon_send(self, rooms_reported{report});
                }};
  tell_rooms(std::move(e.slots), std::move(reported));
}

void cluster_actor::apply(cluster::slots_opened& e) { tell_rooms(std::move(e.slots), nullptr); }

void cluster_actor::apply(cluster::peer_came& e) {
  log::info("peer-came", "peer={} number={}", e.id, e.node.number);
  hub_->know_node(e.id, e.node, true);
}

void cluster_actor::apply(cluster::peer_gone& e) {
  log::info("peer-gone", "peer={} number={}", e.id, e.node.number);
  if (hub_->keys)
    caf::anon_send(hub_->keys, keys_node_gone{e.id});
  heard_.erase(e.id);
  hub_->know_node(e.id, e.node, false);
  hub_->to_queries(query_peer_lost{e.node});
  for (auto& part : hub_->directories)
    caf::anon_send(part, peer_news{e.node, e.id, room_peer::news::gone});
}

void cluster_actor::apply(cluster::note& e) {
  if (e.warn)
    log::warn(e.event, "{}", e.text);
  else
    log::info(e.event, "{}", e.text);
}

void cluster_actor::apply(cluster::give_up& e) {
  log::error("cluster-refused", "code={} {}", e.why.code, e.why.message);
  if (listeners_.on_give_up)
    listeners_.on_give_up(e.why);
}

cluster_view cluster_actor::view() const {
  return {me_, machine_.ready(), machine_.registry_up(), machine_.isolated(clock::now()), draining_, machine_.leased(), machine_.slots_owned(),
          machine_.slots_without_home(), machine_.links_awaited(), machine_.peers(), machine_.counters(), machine_.pins()};
}

void cluster_actor::show(time_point now) {
  const bool news = machine_.leased() != shown_leased_;
  if (!listeners_.on_view || (now - shown_ < duration(100) && !news))
    return;
  shown_leased_ = machine_.leased();
  shown_ = now;
  listeners_.on_view(view());
  if (hub_->record)
    hub_->record->slots(machine_.slots_owned(), machine_.slots_disagreeing(), machine_.slots_without_home());
}

void cluster_actor::on(const drain_slots& m) {
  draining_ = m.on;
  drained_ = m.on ? m.done : nullptr;
  run(machine_.drain(m.on, clock::now(), hub_->wall()));
}

void cluster_actor::look_at_drain() {
  const auto others = machine_.peers();
  const bool alone = std::none_of(others.begin(), others.end(), [](auto& p) { return !p.dead && !p.record.draining && p.linked; });
  if (machine_.slots_owned() == 0 || alone)
    drained_.reset();
}

} // namespace troupe::actors
