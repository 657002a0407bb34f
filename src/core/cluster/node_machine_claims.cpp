// Which slots this node claims, and when.

#include "core/cluster/node_machine.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

/// Epochs of a node have its number as their remainder: two nodes never come to the same epoch of a slot, not even when a
/// registry that was rolled back lets both of them claim it.
constexpr std::uint64_t epoch_step = 1'024;

} // namespace

bool node_machine::may_claim() const {
  return settled_ && registry_up_ && view_fresh_ && now_ < lease_until_ && !refused_since_;
}

void node_machine::wake_at(time_point when) {
  if (when > now_)
    plan_at_ = std::min(plan_at_, when);
}

void node_machine::plan() {
  dirty_ = false;
  plan_at_ = time_point::max();
  refresh_candidates();
  const bool can = may_claim();
  if (!can)
    claiming_since_.reset();
  else if (!claiming_since_)
    claiming_since_ = now_;
  std::vector<flying_claim> wishes;
  std::size_t moves = 0;
  for (std::uint16_t slot = 0; slot < slots_.size(); ++slot) {
    const auto kind = wish(slot, can);
    if (!kind || (*kind == claim_kind::move && ++moves > o_.rebalance_batch))
      continue;
    wishes.push_back({slot, *kind});
  }
  // One call at a time; its answer plans again.
  if (flying_.empty() && !wishes.empty())
    send_claims(std::move(wishes));
}

void node_machine::refresh_candidates() {
  std::vector<std::string> ids;
  for (const bool draining : {false, true}) {
    last_resort_ = draining;
    if (me_.draining == draining)
      ids.push_back(me_.id);
    for (auto& [id, p] : peers_)
      if (p.announced && p.life != peer_life::dead && p.draining() == draining && !away_too_long(p))
        ids.push_back(id);
    if (!ids.empty())
      break;
  }
  if (candidates_.set(std::move(ids), me_.id, o_.slots, pins_))
    candidates_since_ = now_;
  quick_.clear();
  for (auto& id : candidates_.ids()) {
    const auto known = peers_.find(id);
    quick_.push_back(known != peers_.end() && known->second.life == peer_life::alive && known->second.registry_up);
  }
  for (auto& [id, p] : peers_)
    if (p.linked && !p.registry_up && registry_up_)
      wake_at(std::max({p.registry_away_at, registry_back_at_, trust_leases_from_ - o_.registry_patience}) + o_.registry_patience);
}

standing node_machine::standing_of(const slot_state& s) const {
  if (!s.home.node)
    return standing::nobody;
  if (s.owner == me_.id)
    return s.home.node == self_ ? standing::mine : standing::dead;
  const auto* p = owner_of(s);
  if (!p || p->life == peer_life::dead)
    return standing::dead;
  if (away_too_long(*p))
    return standing::away;
  return p->draining() ? standing::draining : standing::alive;
}

std::optional<claim_kind> node_machine::wish(std::uint16_t slot, bool can) {
  auto& s = slots_[slot];
  if (s.named_me && can && last_read_ >= *s.named_me && !reading_)
    return claim_kind::take; // nobody else can settle it
  const auto how = standing_of(s);
  if (how == standing::mine || how == standing::alive)
    s.need_since.reset();
  else if (!s.need_since)
    s.need_since = now_;
  switch (how) {
    case standing::mine: return can ? wish_mine(s) : std::nullopt;
    case standing::alive:
    case standing::draining: return can && !last_resort_ ? wish_move(slot, s, how) : std::nullopt;
    default: return wish_homeless(slot, s, can);
  }
}

std::optional<claim_kind> node_machine::wish_mine(const slot_state& s) const {
  if (s.shut && !shut_)
    return claim_kind::reclaim;
  if (s.stored.epoch < s.home.epoch)
    return claim_kind::reassert;
  return std::nullopt;
}

std::optional<claim_kind> node_machine::wish_homeless(std::uint16_t slot, slot_state& s, bool can) {
  if (!can || !candidates_.has_self() || !turn_has_come(slot, s))
    return std::nullopt;
  return claim_kind::take;
}

std::optional<claim_kind> node_machine::wish_move(std::uint16_t slot, slot_state& s, standing how) {
  if (!candidates_.has_self() || !may_rebalance())
    return std::nullopt;
  if (how == standing::draining)
    return turn_has_come(slot, s) ? std::optional(claim_kind::move) : std::nullopt;
  const auto* home = owner_of(s);
  if (!candidates_.better(slot).empty() || !home->linked)
    return std::nullopt;
  if (now_ < home->linked_at + o_.settle) {
    wake_at(home->linked_at + o_.settle);
    return std::nullopt;
  }
  return claim_kind::move;
}

/// The best candidate goes at once, each further one waits for those before it.
bool node_machine::turn_has_come(std::uint16_t slot, const slot_state& s) {
  const auto better = candidates_.better(slot);
  const auto before = std::count_if(better.begin(), better.end(), [this](auto index) { return quick_[index]; });
  const auto due = std::max(*s.need_since, *claiming_since_) + before * o_.takeover_step;
  wake_at(due);
  return now_ >= due;
}

bool node_machine::may_rebalance() {
  const auto from = std::max({next_rebalance_, candidates_since_ + o_.settle, trust_leases_from_});
  wake_at(from);
  return rebalancing_ == 0 && now_ >= from;
}

std::uint64_t node_machine::epoch_floor(const slot_state& s) const {
  const auto least = std::max({s.highest + 1, s.stored.epoch + 1, static_cast<std::uint64_t>(std::max<unix_ms>(wall_, 0))});
  return least + (self_.number % epoch_step + epoch_step - least % epoch_step) % epoch_step;
}

void node_machine::send_claims(std::vector<flying_claim> wishes) {
  do_claim claim;
  for (auto& [slot, kind] : wishes) {
    auto& s = slots_[slot];
    claim.claims.push_back({slot, s.stored, kind == claim_kind::reassert ? s.home.epoch : epoch_floor(s)});
  }
  counters_.claims += wishes.size();
  flying_ = std::move(wishes);
  out_.push_back(std::move(claim));
}

node_effects node_machine::on_claimed(const result<std::vector<slot_grant>>& r, time_point now, unix_ms wall) {
  at(now, wall);
  if (over_)
    return {};
  const auto flown = std::exchange(flying_, {});
  dirty_ = true;
  if (!r || r->size() != flown.size()) {
    // Carried out or not: the next look tells.
    registry_lost(r ? error{"registry_unavailable", "the registry's answer does not fit the question"} : r.error());
    return finish();
  }
  std::vector<slot_epoch> taken, moved;
  for (std::size_t i = 0; i < flown.size(); ++i) {
    auto& [slot, granted, holder] = (*r)[i];
    const auto kind = flown[i].kind;
    if (slot != flown[i].slot)
      continue;
    auto& s = slots_[slot];
    s.stored = holder;
    counters_.grants += granted;
    counters_.claims_lost += !granted;
    if (!names_me(holder)) {
      if (!holder.node.empty())
        learn(slot, holder.node, ref_of(holder), holder.epoch);
    } else if (holder.epoch > s.home.epoch) {
      (kind == claim_kind::move ? moved : taken).emplace_back(slot, holder.epoch);
      counters_.takeovers += kind == claim_kind::take;
      counters_.moved_to_me += kind == claim_kind::move;
    } else if (kind == claim_kind::reassert && is_mine(s)) {
      ++counters_.reasserted;
    }
  }
  if (!taken.empty())
    begin_take(std::move(taken), false);
  if (!moved.empty())
    begin_take(std::move(moved), true);
  return finish();
}

} // namespace troupe::cluster
