// Peers: who is there, who is dead.

#include "core/cluster/node_machine.hpp"

#include <algorithm>

namespace troupe::cluster {

/// The entry of this life of a node, made if need be. Null: a former life, this node, or one too many.
peer* node_machine::meet(const std::string& id, node_ref ref) {
  if (id == me_.id || !ref)
    return nullptr;
  const auto known = peers_.find(id);
  if (known != peers_.end()) {
    auto& p = known->second;
    if (p.ref() == ref || (p.record.incarnation == ref.incarnation && ref.number == 0))
      return &p;
    if (ref.incarnation < p.record.incarnation)
      return nullptr;
    if (p.in_registry)
      out_.push_back(do_remove{id, p.record.incarnation}); // its successor need not wait for the end of the lease
    retire(p);
    peers_.erase(known);
  } else if (peers_.size() >= max_peers) {
    if (counters_.peers_refused++ == 0)
      note_that("too-many-peers", "more nodes than a cluster may have; '" + id + "' is not taken notice of", true);
    return nullptr;
  }
  auto& p = peers_[id];
  p.record.id = id;
  p.record.incarnation = ref.incarnation;
  p.record.number = ref.number;
  p.since = p.seen_at = now_;
  dirty_ = true;
  for (std::uint16_t slot = 0; slot < slots_.size(); ++slot) {
    auto& s = slots_[slot];
    if (s.owner == id && s.home.node.incarnation == ref.incarnation && s.home.node != ref) {
      s.home.node = ref; // its number was not known
      moved_.insert(slot);
    }
  }
  return &p;
}

peer* node_machine::find(const std::string& id, node_ref ref) {
  const auto known = peers_.find(id);
  return known != peers_.end() && known->second.ref() == ref ? &known->second : nullptr;
}

const peer* node_machine::owner_of(const slot_state& s) const {
  const auto known = peers_.find(s.owner);
  return known != peers_.end() && known->second.record.incarnation == s.home.node.incarnation ? &known->second : nullptr;
}

void node_machine::announce(peer& p) {
  if (p.announced)
    return;
  p.announced = true;
  out_.push_back(peer_came{p.ref(), p.record.id});
}

void node_machine::see_peer(const seen_node& seen) {
  auto* p = meet(seen.node.id, {seen.node.number, seen.node.incarnation});
  if (!p)
    return;
  if (!p->wanted || p->record.host != seen.node.host || p->record.port != seen.node.port) {
    p->wanted = true;
    out_.push_back(do_link{{seen.node.id, seen.node.incarnation, seen.node.number}, seen.node.host, seen.node.port});
  }
  p->record = seen.node;
  p->in_registry = true;
  p->lease_until = last_read_ + seen.lease_left;
  if (p->life != peer_life::dead)
    announce(*p);
  judge_peer(*p, {seen.lease_left, last_read_, leases_trusted()});
  if (p->life == peer_life::alive)
    p->seen_at = now_;
}

void node_machine::judge_peer(peer& p, const lease_sight& s) {
  switch (judge(p, s, o_)) {
    case sight_verdict::nothing: return;
    case sight_verdict::lives:
      p.outlived_refusal = p.life == peer_life::dead;
      p.life = peer_life::alive;
      dirty_ = true;
      announce(p);
      note_that("peer-unlinked", "'" + p.record.id + "' lives, but there is no link to it", true);
      return;
    case sight_verdict::dead: return bury(p, "it has missed a renewal after its link went");
    case sight_verdict::gone: return bury(p, "its lease is over");
  }
}

void node_machine::bury(peer& p, const std::string& why) {
  if (p.life == peer_life::dead)
    return;
  p.life = peer_life::dead;
  p.lost_at = now_;
  dirty_ = true;
  if (p.announced) {
    ++counters_.peers_declared_dead;
    note_that("peer-dead", "'" + p.record.id + "': " + why, true);
  }
  retire(p);
}

void node_machine::retire(peer& p) {
  dirty_ = true;
  stop_waiting(p.record.id);
  if (std::exchange(p.announced, false))
    out_.push_back(peer_gone{p.ref(), p.record.id});
}

bool node_machine::any_linked() const {
  return std::any_of(peers_.begin(), peers_.end(), [](auto& entry) { return entry.second.linked; });
}

std::size_t node_machine::links_awaited() const {
  if (joined_)
    return 0;
  return static_cast<std::size_t>(std::count_if(peers_.begin(), peers_.end(), [](auto& entry) {
    auto& p = entry.second;
    return p.in_registry && p.life == peer_life::alive && !p.was_linked && !p.lost_at;
  }));
}

/// Once: who loses links later is no newcomer.
void node_machine::watch_joining() {
  if (!joined_ && settled_)
    joined_ = links_awaited() == 0 || now_ >= *first_look_ + o_.join_patience;
}

bool node_machine::away_too_long(const peer& p) const {
  return p.linked && p.heard && !p.registry_up && registry_up_ && leases_trusted()
         && now_ >= std::max(p.registry_away_at, registry_back_at_) + o_.registry_patience;
}

std::uint64_t node_machine::company() const {
  auto sum = stable_hash(me_.id, me_.incarnation);
  for (auto& [id, p] : peers_)
    if (p.announced)
      sum += stable_hash(id, p.record.incarnation);
  return sum;
}

} // namespace troupe::cluster
