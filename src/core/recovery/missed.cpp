#include "core/recovery/missed.hpp"

#include "core/room/room_key.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace troupe::recovery {

using cluster::message_ptr;

std::vector<std::uint64_t> marks(const session_record& r) {
  std::vector<std::uint64_t> list;
  list.reserve(r.rooms.size());
  for (auto& [name, had] : r.rooms)
    list.push_back(room_mark(room_key(r.nsp, name)));
  return list;
}

std::vector<start> starts(const session_record& r, const std::optional<offset>& shown, const std::optional<places_before>& before) {
  std::vector<start> list;
  list.reserve(r.rooms.size());
  for (auto& [name, had] : r.rooms) {
    start s{name, had.since, 0, {}};
    if (shown && room_mark(room_key(r.nsp, name)) == shown->room) {
      s.after = std::max(had.since, shown->at);
    } else if (shown && before && (*before)[list.size()]) {
      s.after = std::max(had.since, *(*before)[list.size()]);
    } else if (shown) {
      s.settled = shown->settled;
      if (shown->made_up)
        s.settled_to = had.made_up_to;
    }
    list.push_back(std::move(s));
  }
  return list;
}

result<std::vector<message_ptr>> missed(const start& from, std::span<const message_ptr> known, place last) {
  const bool nothing_since = last <= from.after;
  if (nothing_since)
    return std::vector<message_ptr>{};
  const error gone{"history_gone", "what this room said meanwhile is not kept any more"};
  if (known.empty() || known.back()->seq < last.seq || last.seq < from.after.seq)
    return gone;
  const auto is_settled = [&](const message_ptr& m) {
    return m->ts < from.settled && (!from.settled_to || place{m->epoch, m->seq} <= *from.settled_to);
  };
  const bool reaches_back = known.front()->seq <= from.after.seq + 1 || is_settled(known.front());
  if (!reaches_back)
    return gone;
  // Homes have clocks of their own, so times may step back within a room: what comes before a settled message is settled, too.
  const auto settled = std::find_if(known.rbegin(), known.rend(), is_settled);
  std::vector<message_ptr> list;
  std::copy_if(settled.base(), known.end(), std::back_inserter(list), [&](auto& m) {
    return place{m->epoch, m->seq} > from.after && m->seq <= last.seq && !m->is_volatile;
  });
  return list;
}

bool is_excepted(const cluster::room_message& m, const session_record& r) {
  return m.except && std::find(r.stays.begin(), r.stays.end(), stay{m.from.node, *m.except}) != r.stays.end();
}

std::vector<made_up> in_sequence(const std::vector<std::vector<message_ptr>>& rooms) {
  struct queue {
    std::vector<unix_ms> oldest; // of this message and all behind it: a home's clock may step back
    std::size_t next = 0;
  };
  std::vector<queue> queues(rooms.size());
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    queues[i].oldest.resize(rooms[i].size() + 1, std::numeric_limits<unix_ms>::max());
    for (std::size_t n = rooms[i].size(); n-- > 0;)
      queues[i].oldest[n] = std::min(rooms[i][n]->ts, queues[i].oldest[n + 1]);
  }
  std::vector<made_up> out;
  for (;;) {
    const auto first = std::min_element(queues.begin(), queues.end(), [](auto& a, auto& b) { return a.oldest[a.next] < b.oldest[b.next]; });
    if (first == queues.end() || first->next == rooms[static_cast<std::size_t>(first - queues.begin())].size())
      return out;
    const auto room = static_cast<std::size_t>(first - queues.begin());
    out.push_back({room, rooms[room][first->next], first->oldest[first->next]});
    ++first->next;
  }
}

} // namespace troupe::recovery
