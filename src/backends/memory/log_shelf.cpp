#include "backends/memory/log_shelf.hpp"

#include "backends/cluster_errors.hpp"
#include "backends/log_rules.hpp"

#include <algorithm>

namespace troupe::memory {

result<ports::appended> log_shelf::append(
  const std::string& room, std::vector<ports::log_entry> entries, ports::log_keep keep, time_point now) {
  if (!positions_grow(entries))
    return log_out_of_order();
  sweep(now);
  auto known = find(room, now);
  auto end = known ? known->last : ports::log_position{};
  if (entries.empty() || entries.front().at <= end)
    return ports::appended{false, end, entries.empty() && known && replicas_};
  auto& to = known ? *known : logs_[room];
  to.last = entries.back().at;
  to.expires = now + keep.ttl;
  std::move(entries.begin(), entries.end(), std::back_inserter(to.entries));
  while (to.entries.size() > keep.max_entries)
    to.entries.pop_front();
  return ports::appended{true, to.last, replicas_};
}

std::vector<ports::log_entry>
log_shelf::read(const std::string& room, ports::log_position after, std::size_t limit, time_point now) {
  auto known = find(room, now);
  if (!known)
    return {};
  auto& all = known->entries;
  auto from = std::upper_bound(all.begin(), all.end(), after, [](auto& p, auto& entry) { return p < entry.at; });
  auto count = std::min(limit, static_cast<std::size_t>(all.end() - from));
  return {from, from + static_cast<std::ptrdiff_t>(count)};
}

std::vector<ports::log_entry>
log_shelf::tail(const std::string& room, ports::log_position before, std::size_t limit, time_point now) {
  auto known = find(room, now);
  if (!known)
    return {};
  auto& all = known->entries;
  auto end = std::lower_bound(all.begin(), all.end(), before, [](auto& entry, auto& p) { return entry.at < p; });
  auto count = std::min(limit, static_cast<std::size_t>(end - all.begin()));
  return {end - static_cast<std::ptrdiff_t>(count), end};
}

bool log_shelf::remove(const std::string& room, ports::log_position up_to, time_point now) {
  auto known = find(room, now);
  if (!known || known->entries.empty() || known->entries.back().at > up_to)
    return false;
  known->entries.clear();
  return true;
}

log_shelf::log* log_shelf::find(const std::string& room, time_point now) {
  auto at = logs_.find(room);
  if (at == logs_.end())
    return nullptr;
  if (at->second.expires > now)
    return &at->second;
  logs_.erase(at);
  return nullptr;
}

/// Two looks an append are enough: logs appear one an append.
void log_shelf::sweep(time_point now) {
  auto at = logs_.upper_bound(swept_);
  for (int looks = 0; looks < 2 && !logs_.empty(); ++looks) {
    if (at == logs_.end())
      at = logs_.begin();
    swept_ = at->first;
    at = at->second.expires <= now ? logs_.erase(at) : std::next(at);
  }
}

} // namespace troupe::memory
