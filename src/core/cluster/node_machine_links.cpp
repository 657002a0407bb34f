// Links, and what nodes tell each other.

#include "core/cluster/node_machine.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

/// Reports that rooms owe to others at one time; more can only be due to rooms that stand still.
constexpr std::size_t max_owed = 4'096;

} // namespace

node_effects node_machine::on_link_up(const link_peer& who, time_point now, unix_ms wall) {
  at(now, wall);
  auto* p = over_ ? nullptr : meet(who.node, {who.number, who.incarnation});
  if (!p)
    return finish();
  p->linked = p->was_linked = true;
  p->linked_at = p->seen_at = now_;
  p->life = peer_life::alive;
  p->lost_at.reset();
  p->outlived_refusal = p->heard = p->heard_homes = false;
  p->registry_up = true;
  dirty_ = true;
  announce(*p);
  if (!p->wanted)
    ask_read(now_); // its address is in the registry
  tell(who.node, all_homes());
  next_gossip_ = now_;
  return finish();
}

node_effects node_machine::on_link_down(const link_peer& who, link_end why, time_point now, unix_ms wall) {
  at(now, wall);
  auto* p = over_ ? nullptr : find(who.node, {who.number, who.incarnation});
  if (!p)
    return finish();
  if (std::exchange(p->linked, false)) {
    p->seen_at = now_;
    p->lost_at = now_;
    p->heard = false;
    p->registry_up = true;
    stop_waiting(who.node);
    dirty_ = true;
  }
  if (p->life == peer_life::dead)
    return finish();
  if (why == link_end::left) {
    bury(*p, "it has left");
  } else if (why == link_end::refused && p->was_linked && !p->outlived_refusal) {
    bury(*p, "nobody listens at its address");
    out_.push_back(do_remove{p->record.id, p->record.incarnation});
  } else if (!p->lost_at || (why != link_end::refused && p->life == peer_life::alive)) {
    // Its lease decides. A refusal before the first link may be a wrong address.
    p->life = peer_life::suspected;
    p->lost_at = now_;
    ask_read(now_);
  }
  return finish();
}

node_effects node_machine::on_message(const std::string& from, std::string_view bytes, time_point now, unix_ms wall) {
  at(now, wall);
  if (over_ || from == me_.id)
    return finish(); // the bus brings back what this node told
  const auto letter = decode_node_letter(bytes);
  if (!letter) {
    if (counters_.bad_messages++ == 0)
      note_that("bad-message", "a message of '" + from + "' cannot be read", true);
    return finish();
  }
  auto* p = meet(from, letter->from);
  if (!p)
    return finish();
  if (!p->wanted)
    ask_read(now_);
  if (auto* g = std::get_if<gossip>(&letter->body))
    on_gossip(*p, *g);
  else if (auto* h = std::get_if<homes>(&letter->body))
    on_homes(*p, *h);
  else if (auto* t = std::get_if<taken>(&letter->body))
    on_taken(*p, *t);
  else if (auto* r = std::get_if<reported>(&letter->body))
    on_reported(*p, *r);
  else
    bury(*p, "it has left");
  return finish();
}

void node_machine::tell(const std::string& to, node_message m) {
  out_.push_back(do_tell{to, encode(node_letter{self_, std::move(m)})});
}

void node_machine::gossip_to_all() {
  next_gossip_ = now_ + o_.gossip;
  if (!any_linked())
    return;
  const auto bytes = encode(node_letter{self_, gossip{registry_up_, me_.draining, slots_version_, slots_owned(), company()}});
  for (auto& [id, p] : peers_)
    if (p.linked)
      out_.push_back(do_tell{id, bytes});
}

void node_machine::on_gossip(peer& p, const gossip& g) {
  if (!p.linked)
    return;
  if (!p.heard || p.registry_up != g.registry_up || p.says_draining != g.draining) {
    dirty_ = true;
    if (!g.registry_up && (p.registry_up || !p.heard))
      p.registry_away_at = now_;
  }
  p.heard = true;
  p.registry_up = g.registry_up;
  p.says_draining = g.draining;
  p.slots = g.slots;
  // Hints only: one look a heartbeat is enough.
  if (g.registry_up && ((g.slots_version != p.slots_version && g.slots_version != slots_version_) || g.company != company()))
    ask_read(std::max(now_, last_read_ + o_.heartbeat));
  p.slots_version = g.slots_version;
}

homes node_machine::homes_of(const std::vector<std::uint16_t>& slots) const {
  homes h;
  std::map<std::pair<std::string_view, node_ref>, std::uint16_t> index;
  for (auto slot : slots) {
    auto& s = slots_[slot];
    if (!s.home.node)
      continue;
    const auto [at, added] = index.try_emplace({s.owner, s.home.node}, static_cast<std::uint16_t>(h.nodes.size()));
    if (added)
      h.nodes.push_back({s.owner, s.home.node});
    h.slots.push_back({slot, s.home.epoch, at->second});
  }
  return h;
}

homes node_machine::all_homes() const {
  std::vector<std::uint16_t> all(slots_.size());
  for (std::uint16_t slot = 0; slot < all.size(); ++slot)
    all[slot] = slot;
  return homes_of(all);
}

void node_machine::on_homes(peer& p, const homes& h) {
  p.heard_homes = true;
  for (auto& [slot, epoch, node] : h.slots) {
    if (slot >= slots_.size())
      continue;
    auto& s = slots_[slot];
    auto& [id, ref] = h.nodes[node];
    if (epoch <= s.home.epoch)
      continue;
    if (id == me_.id && ref.incarnation == self_.incarnation) {
      s.highest = std::max(s.highest, epoch);
      s.named_me = now_;
      ask_read(now_);
      dirty_ = true;
      continue;
    }
    if (id != me_.id && !peers_.contains(id)) {
      meet(id, ref); // nobody is dead for being unknown
      ask_read(now_);
    }
    learn(slot, id, ref, epoch);
  }
}

void node_machine::on_taken(peer& p, const taken& t) {
  if (!p.first_time(t.number))
    return;
  if (p.life == peer_life::dead && !p.linked) {
    p.life = peer_life::suspected; // the dead take nothing: its lease decides once more
    p.lost_at = now_;
    ask_read(now_);
  }
  slots_moved moved;
  std::vector<std::uint16_t> stale;
  for (auto& [slot, epoch] : t.slots) {
    if (slot >= slots_.size())
      continue;
    auto& s = slots_[slot];
    learn(slot, p.record.id, p.ref(), epoch);
    if (s.owner != p.record.id || s.home.node != p.ref() || s.home.epoch != epoch) {
      ++counters_.stale_slot_news;
      stale.push_back(slot);
      continue;
    }
    moved.slots.emplace_back(slot, s.home);
    moved_.erase(slot);
  }
  if (!stale.empty())
    tell(p.record.id, homes_of(stale));
  if (moved.slots.empty())
    return;
  if (owed_.size() >= max_owed)
    owed_.erase(owed_.begin());
  moved.report = next_number_++;
  owed_[moved.report] = {p.record.id, t.number};
  out_.push_back(std::move(moved));
}

void node_machine::on_reported(peer& p, const reported& r) {
  const auto t = takes_.find(r.number);
  if (t == takes_.end())
    return;
  t->second.waiting.erase(p.record.id);
  open_if_complete(r.number);
}

node_effects node_machine::on_rooms_reported(std::uint64_t report, time_point now, unix_ms wall) {
  at(now, wall);
  if (over_)
    return {};
  if (const auto own = own_reports_.find(report); own != own_reports_.end()) {
    const auto number = own->second;
    own_reports_.erase(own);
    if (const auto t = takes_.find(number); t != takes_.end())
      t->second.own_rooms = false;
    open_if_complete(number);
  } else if (const auto owed = owed_.find(report); owed != owed_.end()) {
    tell(owed->second.to, reported{owed->second.number});
    owed_.erase(owed);
  }
  return finish();
}

node_effects node_machine::on_higher_epoch(std::uint16_t slot, std::uint64_t epoch, time_point now) {
  at(now, wall_);
  if (!over_ && slot < slots_.size() && epoch <= max_epoch && epoch > slots_[slot].highest) {
    slots_[slot].highest = epoch;
    ask_read(std::max(now_, last_read_ + suspicion_read));
  }
  return finish();
}

} // namespace troupe::cluster
