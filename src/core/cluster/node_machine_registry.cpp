// The registry: renewals of the lease, looks into it, what it means when it is away or another one.

#include "core/cluster/node_machine.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

/// Others need this long after an outage to renew their leases: until then a short lease says nothing.
duration time_to_renew(const node_options& o) { return o.heartbeat + duration{500}; }

} // namespace

void node_machine::renew() {
  renewing_ = true;
  next_renew_ = time_point::max();
  out_.push_back(do_renew{me_, o_.lease});
}

void node_machine::read() {
  reading_ = true;
  last_read_ = now_;
  read_wanted_ = time_point::max();
  out_.push_back(do_read{});
}

void node_machine::ask_read(time_point when) { read_wanted_ = std::min(read_wanted_, when); }

time_point node_machine::read_due() const {
  if (!registry_up_)
    return time_point::max(); // a renewal finds out when it is back
  auto period = 5 * o_.heartbeat;
  for (auto& [id, p] : peers_) {
    if (p.life == peer_life::suspected)
      period = std::min(period, suspicion_read);
    else if (!p.linked)
      period = std::min(period, o_.heartbeat);
  }
  auto due = std::min(read_wanted_, last_read_ + period);
  if (first_look_ && !settled_)
    due = std::min(due, std::max(*first_look_ + o_.settle, last_read_ + o_.settle));
  return due;
}

node_effects node_machine::on_renewed(const result<renewed>& r, time_point sent, time_point now, unix_ms wall) {
  at(now, wall);
  if (over_)
    return {};
  renewing_ = false;
  dirty_ = true;
  // `drain` may have asked for another one meanwhile.
  next_renew_ = std::min(next_renew_, (r ? sent : now_) + (r ? o_.heartbeat : o_.heartbeat / 2));
  if (!r) {
    const auto& code = r.error().code;
    if (code == "node_id_taken" || code == "node_number_taken" || code == "wrong_slot_count")
      renew_refused(r.error());
    else
      registry_lost(r.error());
    return finish();
  }
  refused_since_.reset();
  // From the sending on: the answer may have been on its way for long.
  lease_until_ = std::max(lease_until_, sent + o_.lease);
  if (!registry_up_)
    registry_back();
  see_mark(r->mark);
  // A look that was sent off later sees no less.
  if (r->slots_version != slots_version_ && !(reading_ && last_read_ >= sent))
    ask_read(now_);
  return finish();
}

void node_machine::renew_refused(const error& why) {
  if (why.code == "node_number_taken" && lease_until_ == time_point{}) {
    over_ = true; // nothing has been done under this number yet: it begins again with another one
    out_.push_back(give_up{why});
    return;
  }
  if (!refused_since_) {
    refused_since_ = now_;
    note_that("node-refused", why.message, true);
  }
  // The lease of a former life may still run: only a living namesake outlasts it.
  if (why.code != "wrong_slot_count" && now_ - *refused_since_ <= o_.lease + 2 * o_.heartbeat)
    return;
  over_ = true;
  out_.push_back(give_up{why});
}

void node_machine::registry_lost(const error& why) {
  view_fresh_ = false;
  dirty_ = true;
  if (!registry_up_)
    return;
  registry_up_ = false;
  ++counters_.registry_losses;
  next_gossip_ = now_;
  next_renew_ = std::min(next_renew_, now_ + o_.heartbeat / 2);
  note_that("registry-lost", why.message, true);
}

void node_machine::registry_back() {
  registry_up_ = true;
  registry_back_at_ = now_;
  trust_leases_from_ = std::max(trust_leases_from_, now_ + time_to_renew(o_));
  next_gossip_ = now_;
  ask_read(now_);
  note_that("registry-back", "the registry answers again");
}

void node_machine::see_mark(const store_mark& mark) {
  if (mark == mark_)
    return;
  const auto before = std::exchange(mark_, mark);
  if (before.generation.empty())
    return; // the first look
  view_fresh_ = false;
  trust_leases_from_ = std::max(trust_leases_from_, now_ + o_.lease);
  ask_read(now_);
  next_renew_ = now_;
  if (before.generation == mark.generation) {
    note_that("registry-restarted", "the registry was restarted", true);
    return;
  }
  ++counters_.generations_changed;
  note_that("registry-replaced", "the registry has lost its data: living homes write theirs again", true);
}

node_effects node_machine::on_read(const result<registry_view>& r, time_point now, unix_ms wall) {
  at(now, wall);
  if (over_)
    return {};
  reading_ = false;
  dirty_ = true;
  if (!r) {
    registry_lost(r.error());
    return finish();
  }
  if (r->slots.size() != slots_.size()) {
    note_that("registry-unreadable", "the registry holds another number of slots than this node", true);
    return finish();
  }
  see_mark(r->mark);
  slots_version_ = r->slots_version;
  pins_ = r->pins;
  view_fresh_ = registry_up_;
  see_nodes(*r);
  if (over_)
    return finish();
  see_slots(*r);
  if (!first_look_)
    first_look_ = now_;
  else if (last_read_ >= *first_look_ + o_.settle)
    settled_ = true;
  return finish();
}

void node_machine::see_nodes(const registry_view& view) {
  for (auto& [id, p] : peers_)
    p.in_registry = false;
  bool me = false;
  for (auto& seen : view.nodes) {
    if (seen.node.id != me_.id) {
      see_peer(seen);
      continue;
    }
    me = seen.node.incarnation == me_.incarnation;
    if (seen.node.incarnation > me_.incarnation) {
      over_ = true;
      out_.push_back(give_up{{"node_id_taken", "another node was started as '" + me_.id + "' and has taken this one's place."}});
      return;
    }
  }
  if (!me && !renewing_)
    next_renew_ = now_;
  for (auto it = peers_.begin(); it != peers_.end();) {
    auto& p = it->second;
    if (!p.in_registry)
      judge_peer(p, {std::nullopt, last_read_, leases_trusted()});
    const bool gone = !p.in_registry && !p.linked && p.life == peer_life::dead;
    if (gone && p.wanted)
      out_.push_back(do_unlink{it->first});
    it = gone ? peers_.erase(it) : std::next(it);
  }
}

void node_machine::see_slots(const registry_view& view) {
  std::vector<slot_epoch> mine;
  std::vector<std::uint16_t> behind;
  for (std::uint16_t slot = 0; slot < slots_.size(); ++slot) {
    auto& s = slots_[slot];
    auto& record = view.slots[slot];
    s.stored = record;
    s.highest = std::max(s.highest, record.epoch);
    if (record.epoch < s.home.epoch) {
      if (++s.behind >= 3 && standing_of(s) == standing::alive)
        behind.push_back(slot);
      continue;
    }
    s.behind = 0;
    if (record.node.empty())
      continue;
    if (names_me(record)) {
      if (record.epoch > s.home.epoch)
        mine.emplace_back(slot, record.epoch); // the answer to this claim was lost
      continue;
    }
    // Just after a restart of the registry owners may not be back in it yet.
    if (!leases_trusted() && record.node != me_.id && !peers_.contains(record.node))
      meet(record.node, ref_of(record));
    learn(slot, record.node, ref_of(record), record.epoch);
  }
  if (!mine.empty())
    begin_take(std::move(mine), false);
  tell_who_is_behind(behind);
}

/// A home that has not written its epoch again after several looks may not know that it is the home: its claim was carried
/// out, read by others and rolled back before it had the answer.
void node_machine::tell_who_is_behind(const std::vector<std::uint16_t>& slots) {
  if (slots.empty())
    return;
  for (auto slot : slots)
    slots_[slot].behind = 0;
  tell("", homes_of(slots));
}

} // namespace troupe::cluster
