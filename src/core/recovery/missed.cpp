#include "core/recovery/missed.hpp"

#include "core/room/room_key.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace troupe::recovery {

using cluster::message_ptr;

std::vector<std::uint64_t> marks(const session_record& r) {
  std::vector<std::uint64_t> list;
  list.reserve(r.rooms.size());
  for (auto& [name, had] : r.rooms)
    list.push_back(room_mark(room_key(r.nsp, name)));
  return list;
}

namespace {

/// What the event that a client showed says of its rooms.
class evidence {
 public:
  evidence(const session_record& r, const offset& shown) : shown_(shown), fresh_(r.shown != shown), from_its_node_(is_from_last_node(r, shown)) {}

  /// Where a room goes on. `before`: its last message before the event, by the journal.
  start about(const std::string& name, std::uint64_t mark, const membership& had, const std::optional<place>& before) const {
    start s{name, had.since};
    if (mark == shown_.room) {
      s.after = std::max(s.after, shown_.at);
      return s;
    }
    if (!fresh_)
      return s; // the client has got nothing since its last recovery began
    if (shown_.made_up) {
      // What is made up for comes by time, and at the same time by mark (in_sequence).
      s.settled = shown_.settled + (mark < shown_.room ? 1 : 0);
      s.settled_to = had.made_up_to;
      return s;
    }
    if (from_its_node_)
      s.after = std::max(s.after, had.made_up_to); // whatever was made up for came before everything live
    if (before && from_its_node_)
      s.after = std::max(s.after, *before);
    else
      s.settled = shown_.settled;
    return s;
  }

 private:
  const offset& shown_;
  bool fresh_;
  bool from_its_node_;
};

} // namespace

bool is_from_last_node(const session_record& r, const offset& shown) {
  return !r.stays.empty() && shown.sender == sender_mark(r.stays.back().node);
}

std::vector<start> starts(const session_record& r, const std::optional<offset>& shown, const std::optional<places_before>& before) {
  std::vector<start> list;
  list.reserve(r.rooms.size());
  std::optional<evidence> seen;
  if (shown)
    seen.emplace(r, *shown);
  const auto mark = marks(r);
  for (auto& [name, had] : r.rooms) {
    const auto n = list.size();
    list.push_back(seen ? seen->about(name, mark[n], had, before ? (*before)[n] : std::nullopt) : start{name, had.since});
  }
  return list;
}

membership resumed(const start& from, const std::vector<message_ptr>& missed, place to) {
  if (missed.empty())
    return {std::max(from.after, to), to};
  return {std::max(from.after, place{missed.front()->epoch, missed.front()->seq - 1}), to};
}

namespace {

/// What is left when everything before the last gap is left out.
std::span<const message_ptr> run_at_end(std::span<const message_ptr> list) {
  auto first = list.size();
  while (first > 0 && (first == list.size() || list[first - 1]->seq + 1 == list[first]->seq))
    --first;
  return list.subspan(first);
}

} // namespace

result<std::vector<message_ptr>> missed(const start& from, std::span<const message_ptr> messages, place last) {
  // A new home opens an epoch of its own, also in a room where nobody has ever said anything.
  const bool never_spoken = last.seq == 0 && from.after.seq == 0;
  const bool nothing_since = last <= from.after || never_spoken;
  if (nothing_since)
    return std::vector<message_ptr>{};
  const error gone{"history_gone", "what this room said meanwhile is not kept any more"};
  const auto known = run_at_end(messages);
  if (known.empty() || known.back()->seq < last.seq || last.seq < from.after.seq)
    return gone;
  const auto is_settled = [&](const message_ptr& m) {
    return m->ts < from.settled && place{m->epoch, m->seq} <= from.settled_to;
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

std::vector<made_up> in_sequence(const std::vector<std::vector<message_ptr>>& rooms, std::span<const std::uint64_t> marks) {
  struct queue {
    std::vector<unix_ms> oldest; // of this message and all behind it: a home's clock may step back
    std::size_t next = 0;
    std::uint64_t mark = 0;
  };
  std::vector<queue> queues(rooms.size());
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    queues[i].mark = marks[i];
    queues[i].oldest.resize(rooms[i].size() + 1, std::numeric_limits<unix_ms>::max());
    for (std::size_t n = rooms[i].size(); n-- > 0;)
      queues[i].oldest[n] = std::min(rooms[i][n]->ts, queues[i].oldest[n + 1]);
  }
  std::vector<made_up> out;
  const auto sooner = [](const queue& a, const queue& b) { return std::pair(a.oldest[a.next], a.mark) < std::pair(b.oldest[b.next], b.mark); };
  for (;;) {
    const auto first = std::min_element(queues.begin(), queues.end(), sooner);
    if (first == queues.end() || first->next == rooms[static_cast<std::size_t>(first - queues.begin())].size())
      return out;
    const auto room = static_cast<std::size_t>(first - queues.begin());
    out.push_back({room, rooms[room][first->next], first->oldest[first->next]});
    ++first->next;
  }
}

} // namespace troupe::recovery
