#include "backends/memory/slot_table.hpp"

#include "backends/cluster_errors.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace troupe::memory {
namespace {

std::string random_generation() {
  std::array<unsigned char, 16> bytes{};
  fill_random(bytes.data(), bytes.size());
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

} // namespace

result<ports::renewed>
slot_table::renew(const ports::node_record& me, duration ttl, std::size_t slots, time_point now) {
  forget_expired(now);
  if (slot_count_ != 0 && slot_count_ != slots)
    return wrong_slot_count(slot_count_, slots);
  for (const auto& [id, held] : nodes_) {
    if (id == me.id && held.node.incarnation != me.incarnation)
      return node_id_taken(id);
    if (id != me.id && held.node.number == me.number)
      return node_number_taken(me.number, id);
  }
  slot_count_ = slots;
  nodes_[me.id] = {me, now + ttl};
  return ports::renewed{mark_, slots_version_};
}

ports::registry_view slot_table::read(std::size_t slots, time_point now) {
  forget_expired(now);
  ports::registry_view view{mark_, slots_version_, {}, std::vector<ports::slot_record>(slots)};
  for (const auto& [id, held] : nodes_)
    view.nodes.push_back({held.node, std::chrono::ceil<duration>(held.until - now)});
  for (const auto& [slot, record] : slots_)
    if (slot < slots)
      view.slots[slot] = record;
  view.pins = pins_;
  return view;
}

std::vector<ports::slot_grant>
slot_table::claim(const ports::node_record& by, const std::vector<ports::slot_claim>& claims) {
  std::vector<ports::slot_grant> grants;
  grants.reserve(claims.size());
  for (const auto& c : claims) {
    auto& now = slots_[c.slot];
    bool granted = now == c.expected;
    if (granted) {
      now = {by.id, by.incarnation, std::max(now.epoch + 1, c.at_least)};
      ++slots_version_;
    }
    grants.push_back({c.slot, granted, now});
  }
  return grants;
}

bool slot_table::remove(const std::string& node, std::uint64_t incarnation) {
  auto held = nodes_.find(node);
  if (held == nodes_.end() || held->second.node.incarnation != incarnation)
    return false;
  nodes_.erase(held);
  return true;
}

result<bool> slot_table::pin(std::uint16_t slot, const ports::slot_pin& where) {
  const auto held = pins_.find(slot);
  if (held != pins_.end() && held->second.why != where.why && held->second.node != where.node)
    return slot_pinned(held->second.why, held->second.node);
  if (where.node.empty())
    pins_.erase(slot);
  else
    pins_[slot] = where;
  ++slots_version_;
  return true;
}

void slot_table::begin_run(std::string run) {
  mark_.run = std::move(run);
  if (mark_.generation.empty())
    mark_.generation = random_generation();
}

void slot_table::forget_expired(time_point now) {
  std::erase_if(nodes_, [now](const auto& entry) { return entry.second.until <= now; });
}

} // namespace troupe::memory
