// The log of a room: where messages stand, and who has got what.
#include "load/check/room_order.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr std::size_t largest_log = std::size_t{1} << 20;

} // namespace

/// The message, if it was sent and is not in the log.
room_order::unseen_message* room_order::unseen(message_id id) {
  if (id.publisher >= publishers_.size())
    return nullptr;
  auto& p = publishers_[id.publisher];
  if (id.seq >= p.next_seq || id.seq < p.first_unseen)
    return nullptr;
  auto& message = p.unseen[id.seq - p.first_unseen];
  return message.seen ? nullptr : &message;
}

void room_order::append(message_id id) {
  if (end_ - base_ == log_.size())
    make_space();
  auto& p = publishers_[id.publisher];
  auto& message = *unseen(id);
  const bool sender_waits = sender_receives_ || members_[id.publisher].is == standing::absent;
  at(end_++) = {id.publisher,        id.seq,        live_ - (sender_waits ? 0 : 1), message.taken,
                id.seq < p.seen_end, message.due_ns};
  message.seen = true;
  p.seen_end = std::max(p.seen_end, id.seq + 1);
  for (; !p.unseen.empty() && p.unseen.front().seen; ++p.first_unseen)
    p.unseen.pop_front();
}

/// Puts a message that is not in the log to `place` or behind an earlier one of its publisher. When that is not the
/// end, some listener has lost something: whoever is beyond that place has not got this one, and misses it now.
void room_order::insert(message_id id, std::uint64_t place) {
  append(id);
  place = std::max(place, base_);
  const auto from = end_ - 1;
  for (auto i = place; i < from; ++i)
    if (at(i).publisher == id.publisher && at(i).seq < id.seq)
      place = i + 1;
  if (place >= from)
    return;
  const auto inserted = at(from);
  for (auto i = from; i > place; --i)
    at(i) = at(i - 1);
  at(place) = inserted;
  for (auto& [member, places] : missing_) {
    std::set<std::uint64_t> shifted;
    for (auto p : places)
      shifted.insert(shifted.end(), p + (p >= place));
    places = std::move(shifted);
  }
  for (std::uint32_t member = 0; member < members_.size(); ++member) {
    auto& m = members_[member];
    auto& s = spans_[member];
    s.first += s.first != UINT64_MAX && s.first >= place;
    s.leave_at += s.leave_at != UINT64_MAX && s.leave_at > place;
    if (m.next <= place)
      continue;
    ++m.next;
    if (m.is == standing::following && expected(member, place))
      missing_[member].insert(place);
  }
}

std::uint64_t room_order::find(message_id id) const {
  for (auto place = end_; place > base_; --place)
    if (const auto& e = at(place - 1); e.seq == id.seq && e.publisher == id.publisher)
      return place - 1;
  return end_;
}

/// Whether the member gets every message, so that it can say in which order they are.
bool room_order::knows_order(std::uint32_t member) const {
  return sender_receives_ || member >= publishers_count_;
}

/// Whether the member must get it, or have got it.
bool room_order::expected(std::uint32_t member, std::uint64_t place) const {
  const auto& e = at(place);
  const auto& s = spans_[member];
  return members_[member].is != standing::absent && !own(member, e.publisher)
         && (place >= s.first || e.due_ns >= s.joined_ns);
}

bool room_order::misses(std::uint32_t member, std::uint64_t place) const {
  const auto list = missing_.find(member);
  return list != missing_.end() && list->second.contains(place);
}

bool room_order::received(std::uint32_t member, std::uint64_t place) const {
  const auto& m = members_[member];
  return m.is == standing::following && place >= spans_[member].first && place < m.next
         && !own(member, at(place).publisher) && !misses(member, place);
}

/// Whether the member has got a later message of the same publisher already.
bool room_order::overtaken(std::uint32_t member, std::uint64_t place) const {
  const auto& e = at(place);
  for (auto other = base_; other < members_[member].next; ++other)
    if (at(other).publisher == e.publisher && at(other).seq > e.seq && received(member, other))
      return true;
  return false;
}

/// Whether the member has got a message of another publisher that comes after what stands at `place`.
bool room_order::out_of_place(std::uint32_t member, std::uint64_t place) const {
  for (auto later = place + 1; later < members_[member].next; ++later)
    if (at(later).publisher != at(place).publisher && received(member, later))
      return true;
  return false;
}

/// How many members should get a message that no listener has got.
std::uint32_t room_order::receivers(std::uint32_t publisher, std::int64_t due_ns) const {
  std::uint32_t n = 0;
  for (std::uint32_t member = 0; member < members_.size(); ++member)
    n += !own(member, publisher) && members_[member].is != standing::absent && due_ns >= spans_[member].joined_ns;
  return n;
}

/// The member has got what stands at `to`, and nothing of what is between its place and that.
void room_order::miss(std::uint32_t member, std::uint64_t to) {
  for (auto place = members_[member].next; place < to; ++place)
    if (expected(member, place))
      missing_[member].insert(place);
}

/// Nothing that stands before `to` will come any more.
void room_order::lose(std::uint32_t member, std::uint64_t to) {
  if (const auto list = missing_.find(member); list != missing_.end()) {
    const auto end = list->second.lower_bound(to);
    counts_.lost += static_cast<std::uint64_t>(std::distance(list->second.begin(), end));
    list->second.erase(list->second.begin(), end);
    if (list->second.empty())
      missing_.erase(list);
  }
  auto& next = members_[member].next;
  for (; next < to; ++next)
    counts_.lost += expected(member, next);
}

/// The log is full: forgets what nobody needs, but keeps half of it for members that have just joined and may still get
/// what others got a moment ago.
void room_order::make_space() {
  base_ = std::min(oldest_needed(), end_ - log_.size() / 2);
  if (end_ - base_ <= log_.size() / 2)
    return;
  if (log_.size() < largest_log)
    grow();
  else
    cut(end_ - log_.size() / 2);
}

void room_order::grow() {
  std::vector<entry> larger(log_.size() * 2);
  for (auto place = base_; place < end_; ++place)
    larger[place & (larger.size() - 1)] = at(place);
  log_ = std::move(larger);
}

std::uint64_t room_order::oldest_needed() {
  auto oldest = end_;
  for (std::uint32_t member = 0; member < members_.size(); ++member) {
    auto& m = members_[member];
    if (m.is == standing::absent)
      continue;
    while (m.next != end_ && own(member, at(m.next).publisher))
      ++m.next;
    oldest = std::min(oldest, m.next);
  }
  for (const auto& [member, places] : missing_)
    oldest = std::min(oldest, *places.begin());
  return oldest;
}

/// Members that are further behind than the log may grow have lost what is cut off.
void room_order::cut(std::uint64_t place) {
  for (std::uint32_t member = 0; member < members_.size(); ++member)
    if (members_[member].is != standing::absent)
      lose(member, place);
  base_ = place;
}

} // namespace troupe::load
