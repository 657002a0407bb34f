#include "core/cluster/sim/store.hpp"

#include <algorithm>

namespace troupe::sim {

using namespace cluster;

void store::forget_expired(time_point now) {
  std::erase_if(data_.nodes, [now](auto& entry) { return entry.second.until <= now; });
}

result<renewed> store::renew(const node_record& me, duration ttl, time_point now) {
  forget_expired(now);
  for (auto& [id, held] : data_.nodes) {
    if (id == me.id && held.node.incarnation != me.incarnation)
      return error{"node_id_taken", "another node has this id."};
    if (id != me.id && held.node.number == me.number)
      return error{"node_number_taken", "another node has this number."};
  }
  data_.nodes[me.id] = {me, now + ttl};
  return renewed{data_.mark, data_.version};
}

registry_view store::read(time_point now) {
  ++reads;
  forget_expired(now);
  registry_view v{data_.mark, data_.version, {}, data_.slots};
  for (auto& [id, held] : data_.nodes)
    v.nodes.push_back({held.node, std::chrono::duration_cast<duration>(held.until - now)});
  return v;
}

std::vector<slot_grant> store::claim(const node_record& by, const std::vector<slot_claim>& claims) {
  std::vector<slot_grant> grants;
  for (auto& c : claims) {
    auto& now = data_.slots[c.slot];
    const bool ok = bugs.no_compare || now == c.expected;
    if (ok) {
      const auto before = now.epoch;
      now = {by.id, by.incarnation, bugs.no_floor ? before + 1 : bugs.no_compare ? c.at_least : std::max(before + 1, c.at_least)};
      if (now.epoch <= before)
        broken.push_back("the registry's epoch of slot " + std::to_string(c.slot) + " went back");
      ++data_.version;
      ++granted;
    }
    grants.push_back({c.slot, ok, now});
  }
  return grants;
}

void store::remove(const std::string& id, std::uint64_t incarnation) {
  const auto held = data_.nodes.find(id);
  if (held != data_.nodes.end() && held->second.node.incarnation == incarnation)
    data_.nodes.erase(held);
}

void store::restart(bool empty) {
  data_.mark.run = "run-" + std::to_string(++runs_);
  if (!empty)
    return;
  data_ = {{"gen-" + std::to_string(runs_), data_.mark.run}, 0, {}, std::vector<slot_record>(data_.slots.size())};
}

void store::roll_back() {
  if (saved_.slots.empty())
    return restart(true);
  data_ = saved_;
  data_.mark.run = "run-" + std::to_string(++runs_);
}

} // namespace troupe::sim
