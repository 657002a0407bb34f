// Who is home of which slot, and how this node opens the slots it has taken.

#include "core/cluster/node_machine.hpp"

#include <algorithm>

namespace troupe::cluster {

/// The highest epoch wins, whoever tells of it.
bool node_machine::learn(std::uint16_t slot, const std::string& owner, node_ref node, std::uint64_t epoch) {
  auto& s = slots_[slot];
  s.highest = std::max(s.highest, epoch);
  if (epoch <= s.home.epoch) {
    if (epoch == s.home.epoch && (owner != s.owner || node.incarnation != s.home.node.incarnation)
        && counters_.epoch_conflicts++ == 0)
      note_that("epoch-conflict", "'" + owner + "' and '" + s.owner + "' both have a slot under one epoch", true);
    return false;
  }
  if (is_mine(s))
    ++counters_.moved_away;
  s.owner = owner;
  s.home = {node, epoch, false};
  s.need_since.reset();
  s.named_me.reset();
  s.shut = false;
  s.behind = 0;
  moved_.insert(slot);
  dirty_ = true;
  return true;
}

node_ref node_machine::ref_of(const slot_record& r) const {
  if (names_me(r))
    return self_;
  const auto known = peers_.find(r.node);
  const bool same = known != peers_.end() && known->second.record.incarnation == r.incarnation;
  return {same ? known->second.record.number : std::uint16_t{0}, r.incarnation};
}

/// The registry says that these slots are this node's: everybody turns to it, and it waits for what they report.
void node_machine::begin_take(std::vector<slot_epoch> slots, bool moving) {
  const auto number = next_number_++;
  slots_moved moved;
  for (auto& [slot, epoch] : slots) {
    learn(slot, me_.id, self_, epoch);
    moved.slots.emplace_back(slot, slots_[slot].home);
    moved_.erase(slot);
  }
  moved.report = next_number_++;
  auto& t = takes_[number];
  for (auto& [id, p] : peers_)
    if (p.linked && p.life == peer_life::alive)
      t.waiting.insert(id);
  t.deadline = now_ + o_.open_timeout;
  own_reports_[moved.report] = number;
  if (moving)
    rebalancing_ = number;
  // First the rooms here: what peers send them on hearing of it must find them at home.
  out_.push_back(std::move(moved));
  tell("", taken{number, slots});
  t.slots = std::move(slots);
}

void node_machine::stop_waiting(const std::string& peer) {
  std::vector<std::uint64_t> numbers;
  for (auto& [number, t] : takes_)
    if (t.waiting.erase(peer) > 0)
      numbers.push_back(number);
  for (auto number : numbers)
    open_if_complete(number);
}

void node_machine::expire_takes() {
  for (auto it = takes_.begin(); it != takes_.end();) {
    const auto here = it++;
    if (now_ < here->second.deadline)
      continue;
    ++counters_.open_timeouts;
    note_that("open-timeout", "slots are opened without the reports of all nodes", true);
    here->second.waiting.clear();
    here->second.own_rooms = false;
    open_if_complete(here->first);
  }
}

void node_machine::open_if_complete(std::uint64_t number) {
  const auto it = takes_.find(number);
  if (it == takes_.end() || it->second.own_rooms || !it->second.waiting.empty())
    return;
  const auto t = std::move(it->second);
  takes_.erase(it);
  std::erase_if(own_reports_, [number](auto& entry) { return entry.second == number; });
  if (rebalancing_ == number) {
    rebalancing_ = 0;
    next_rebalance_ = now_ + o_.rebalance_pause;
  }
  dirty_ = true;
  open(t);
}

void node_machine::open(const take& t) {
  slots_opened opened;
  for (auto& [slot, epoch] : t.slots) {
    auto& s = slots_[slot];
    if (!is_mine(s) || s.home.epoch != epoch)
      continue; // lost again meanwhile
    if (shut_) {
      s.shut = true;
      continue;
    }
    s.home.open = true;
    opened.slots.emplace_back(slot, s.home);
  }
  if (!opened.slots.empty())
    out_.push_back(std::move(opened));
}

void node_machine::flush_moved() {
  if (moved_.empty())
    return;
  slots_moved moved;
  for (auto slot : moved_)
    moved.slots.emplace_back(slot, slots_[slot].home);
  moved_.clear();
  out_.push_back(std::move(moved));
}

void node_machine::watch_isolation() {
  const bool alone = isolated(now_);
  if (alone && !shut_) {
    shut_ = true;
    ++counters_.isolations;
    note_that("isolated", "neither the registry nor any other node can be reached: rooms whose home this node is stand still", true);
    for (std::uint16_t slot = 0; slot < slots_.size(); ++slot) {
      auto& s = slots_[slot];
      if (!is_mine(s) || !s.home.open)
        continue;
      s.home.open = false;
      s.shut = true;
      moved_.insert(slot);
    }
  } else if (!alone && shut_) {
    resume();
  }
}

/// With the registry the slots are claimed again, if nobody has taken them. Without it the first peer that says what it knows
/// tells which of them were taken.
void node_machine::resume() {
  const bool leased = registry_up_ && now_ < lease_until_;
  const bool told = std::any_of(peers_.begin(), peers_.end(), [](auto& entry) {
    return entry.second.linked && entry.second.heard_homes;
  });
  if (!leased && !told)
    return;
  shut_ = false;
  dirty_ = true;
  note_that("not-isolated", leased ? "the registry answers again" : "another node is linked again");
  if (leased)
    return;
  slots_opened opened;
  for (std::uint16_t slot = 0; slot < slots_.size(); ++slot) {
    auto& s = slots_[slot];
    if (!s.shut)
      continue;
    s.shut = false;
    s.home.open = true;
    opened.slots.emplace_back(slot, s.home);
  }
  if (!opened.slots.empty())
    out_.push_back(std::move(opened));
}

} // namespace troupe::cluster
