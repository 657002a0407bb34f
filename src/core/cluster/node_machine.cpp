#include "core/cluster/node_machine.hpp"

#include <algorithm>

namespace troupe::cluster {

node_machine::node_machine(node_options o, node_record me)
  : o_(o), me_(std::move(me)), self_{me_.number, me_.incarnation}, slots_(o.slots) {}

void node_machine::at(time_point now, unix_ms wall) {
  now_ = std::max(now_, now);
  wall_ = wall;
}

node_effects node_machine::finish() {
  if (!over_) {
    expire_takes();
    watch_isolation();
    watch_joining();
    if (dirty_ || now_ >= plan_at_)
      plan();
    if (!renewing_ && now_ >= next_renew_)
      renew();
    if (!reading_ && now_ >= read_due())
      read();
    if (now_ >= next_gossip_)
      gossip_to_all();
  }
  flush_moved();
  return std::exchange(out_, {});
}

void node_machine::note_that(std::string event, std::string text, bool warn) {
  out_.push_back(note{std::move(event), std::move(text), warn});
}

node_effects node_machine::start(time_point now, unix_ms wall) {
  at(now, wall);
  next_gossip_ = now_ + o_.gossip;
  renew();
  read();
  return finish();
}

node_effects node_machine::on_time(time_point now, unix_ms wall) {
  const auto stood_still = now - now_;
  at(now, wall);
  if (over_)
    return {};
  // Everything may have changed meanwhile.
  if (stood_still > 2 * o_.heartbeat)
    ask_read(now_);
  return finish();
}

time_point node_machine::next_deadline() const {
  if (over_)
    return time_point::max();
  auto next = std::min(next_gossip_, plan_at_);
  if (!renewing_)
    next = std::min(next, next_renew_);
  if (!reading_)
    next = std::min(next, read_due());
  for (auto& [number, t] : takes_)
    next = std::min(next, t.deadline);
  if (lease_until_ > now_)
    next = std::min(next, lease_until_);
  if (settled_ && !joined_)
    next = std::min(next, *first_look_ + o_.join_patience);
  return next;
}

node_effects node_machine::drain(bool on, time_point now, unix_ms wall) {
  at(now, wall);
  if (over_ || me_.draining == on)
    return finish();
  me_.draining = on;
  next_renew_ = next_gossip_ = now_;
  dirty_ = true;
  note_that(on ? "drain-started" : "drain-cancelled", on ? "gives its slots away" : "takes slots again");
  return finish();
}

node_effects node_machine::leave(time_point now) {
  at(now, wall_);
  if (over_)
    return {};
  tell("", left{});
  out_.push_back(do_remove{me_.id, me_.incarnation});
  over_ = true;
  return finish();
}

std::uint16_t node_machine::slots_owned() const {
  return static_cast<std::uint16_t>(std::count_if(slots_.begin(), slots_.end(), [this](auto& s) { return is_mine(s); }));
}

std::uint16_t node_machine::slots_disagreeing() const {
  return static_cast<std::uint16_t>(std::count_if(slots_.begin(), slots_.end(), [](auto& s) {
    return s.stored.epoch != s.home.epoch || s.stored.node != s.owner;
  }));
}

std::uint16_t node_machine::slots_without_home() const {
  return static_cast<std::uint16_t>(std::count_if(slots_.begin(), slots_.end(), [this](auto& s) {
    const auto how = standing_of(s);
    return how == standing::nobody || how == standing::dead;
  }));
}

bool node_machine::ready() const {
  return !over_ && joined_ && registry_up_ && now_ < lease_until_ && slots_without_home() == 0;
}

bool node_machine::isolated(time_point now) const {
  if (now < lease_until_ || any_linked())
    return false;
  // Measured at the end of the lease: who is isolated stays so until somebody can be reached.
  return std::any_of(peers_.begin(), peers_.end(), [this](auto& entry) {
    auto& p = entry.second;
    return p.announced && p.life != peer_life::dead && p.seen_at + company_memory >= lease_until_;
  });
}

std::vector<peer_status> node_machine::peers() const {
  std::map<std::string_view, std::uint16_t> owned;
  for (auto& s : slots_)
    if (owner_of(s))
      ++owned[s.owner];
  std::vector<peer_status> list;
  for (auto& [id, p] : peers_) {
    const auto left = std::max(duration{0}, std::chrono::duration_cast<duration>(p.lease_until - now_));
    const auto slots = owned.find(id);
    list.push_back({p.record, p.linked, p.registry_up, p.life == peer_life::dead, left, slots == owned.end() ? std::uint16_t{} : slots->second});
    list.back().record.draining = p.draining();
  }
  return list;
}

} // namespace troupe::cluster
