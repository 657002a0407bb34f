#include "core/cluster/sim/checker.hpp"

#include "core/cluster/sim/world.hpp"

#include <algorithm>

namespace troupe::sim {

using namespace cluster;

namespace {

std::string where(const std::string& id, std::uint16_t slot) { return id + ", slot " + std::to_string(slot) + ": "; }

} // namespace

void checker::look(std::size_t n, const node_record& me, const node_machine& m, std::uint16_t slots) {
  auto& last = last_[n];
  last.resize(slots);
  const node_ref self{me.number, me.incarnation};
  for (std::uint16_t slot = 0; slot < slots; ++slot) {
    auto& h = m.home_of(slot);
    if (h.epoch < last[slot])
      blame(where(me.id, slot) + "its epoch went back");
    if (h.open && h.node != self)
      blame(where(me.id, slot) + "open, though its home is elsewhere");
    if (h.epoch != last[slot] && h.node == self && homes_.try_emplace({slot, h.epoch}, self).first->second != self)
      blame(where(me.id, slot) + "two homes at epoch " + std::to_string(h.epoch));
    last[slot] = h.epoch;
  }
}

void checker::opened(const world& w, std::size_t n, const slots_opened& o) {
  for (auto other : w.long_linked(n))
    for (auto& [slot, home] : o.slots)
      if (w.machine(other).home_of(slot).epoch < home.epoch)
        blame(where(w.record(n).id, slot) + "opened before " + w.record(other).id + " had turned to it");
}

void checker::gave_up(std::size_t n, const std::string& code) {
  blame("node-" + std::to_string(n) + " gave up: " + code);
}

void checker::at_rest(const world& w, std::uint16_t slots, duration quiet) {
  std::vector<std::size_t> living;
  std::vector<std::string> takers;
  for (std::size_t n = 0; n < w.size(); ++n)
    if (w.alive(n)) {
      living.push_back(n);
      if (!w.record(n).draining)
        takers.push_back(w.record(n).id);
    }
  for (auto n : living) {
    const auto& m = w.machine(n);
    const auto who = w.record(n).id;
    if (!m.ready())
      blame(who + " is not ready");
    const auto peers = m.peers();
    const auto linked = static_cast<std::size_t>(std::count_if(peers.begin(), peers.end(), [](auto& p) { return p.linked; }));
    if (linked != living.size() - 1 || peers.size() != living.size() - 1)
      blame(who + " has " + std::to_string(linked) + " links and " + std::to_string(peers.size()) + " peers");
    if (m.counters().epoch_conflicts > 0)
      blame(who + " saw one epoch of two homes");
  }
  for (std::uint16_t slot = 0; slot < slots; ++slot) {
    const auto order = preference(slot, takers);
    for (auto n : living) {
      auto& h = w.machine(n).home_of(slot);
      const auto home = std::find_if(living.begin(), living.end(), [&](auto l) {
        return node_ref{w.record(l).number, w.record(l).incarnation} == h.node;
      });
      const auto& id = w.record(n).id;
      if (home == living.end()) {
        blame(where(id, slot) + "its home does not live");
        continue;
      }
      if (w.record(*home).id != takers[order.front()])
        blame(where(id, slot) + "its home is " + w.record(*home).id + " and not " + takers[order.front()]);
      auto& there = w.machine(*home).home_of(slot);
      if (there.epoch != h.epoch || there.node != h.node)
        blame(where(id, slot) + "its home knows another one");
      else if (!there.open)
        blame(where(id, slot) + "its home has not opened it");
    }
  }
  if (w.now() - w.store.last_grant < quiet)
    blame("slots still move");
  for (auto& rule : w.store.broken)
    blame(rule);
}

} // namespace troupe::sim
