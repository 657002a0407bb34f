#include "load/check/room_order.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr std::size_t first_log = 256;
constexpr std::size_t largest_log = std::size_t{1} << 20;
constexpr std::size_t most_unseen = 256;

} // namespace

void order_counts::add(const order_counts& other) {
  lost += other.lost;
  doubled += other.doubled;
  reordered += other.reordered;
  differs += other.differs;
  unknown += other.unknown;
}

room_order::room_order(std::uint32_t members, bool sender_receives) :
  sender_receives_{sender_receives}, log_(first_log), members_(members), spans_(members) {}

void room_order::join(std::uint32_t member, std::int64_t now_ns) {
  members_[member] = {end_, sent_ == 0 ? standing::following : standing::fresh};
  spans_[member] = {now_ns, UINT64_MAX};
  ++live_;
}

std::uint32_t room_order::send(std::uint32_t publisher, std::int64_t due_ns) {
  if (publisher >= publishers_.size())
    publishers_.resize(publisher + 1);
  auto& p = publishers_[publisher];
  // What nobody was there to receive is never seen; it need not be kept for ever.
  for (; p.unseen.size() >= most_unseen && receivers(publisher, p.unseen.front().due_ns) == 0; ++p.first_unseen)
    p.unseen.pop_front();
  p.unseen.push_back({due_ns, false});
  p.broken = false;
  ++sent_;
  return p.next_seq++;
}

delivery room_order::receive(std::uint32_t member, std::uint32_t publisher, std::uint32_t seq) {
  auto& m = members_[member];
  if (own(member, publisher) || m.is == standing::absent) {
    ++counts_.unknown;
    return {};
  }
  if (m.is == standing::following) {
    while (m.next != end_ && own(member, at(m.next).publisher))
      ++m.next;
    if (m.next == end_) {
      if (append(publisher, seq)) {
        m.next = end_;
        return take(at(end_ - 1), member);
      }
    } else if (auto& e = at(m.next); e.seq == seq && e.publisher == publisher) {
      ++m.next;
      return take(e, member);
    }
  }
  return receive_slowly(member, publisher, seq);
}

delivery room_order::take(entry& e, std::uint32_t member) {
  if (e.late)
    ++counts_.reordered;
  if (e.taken == 0)
    e.first_by = member;
  return {true, ++e.taken == e.expected, e.due_ns};
}

delivery room_order::receive_slowly(std::uint32_t member, std::uint32_t publisher, std::uint32_t seq) {
  auto place = find(publisher, seq);
  auto& m = members_[member];
  if (place == end_) {
    if (!append(publisher, seq))
      return receive_forgotten(member, publisher, seq);
    place = end_ - 1;
  } else if (place < m.next && m.is == standing::following) {
    return receive_late(member, place);
  }
  if (m.is == standing::following && advance(member, place))
    place = m.next;
  miss(member, place);
  m.next = place + 1;
  m.is = standing::following;
  return take(at(place), member);
}

/// Whether nobody has shown that `earlier` comes first.
bool room_order::may_swap(const entry& earlier, const entry& later) const {
  return earlier.publisher != later.publisher
         && (earlier.taken == 0 || (earlier.taken == 1 && own(earlier.first_by, later.publisher)));
}

/// Moves the message at `place` to where the member stands, if nothing that is known speaks against it.
bool room_order::advance(std::uint32_t member, std::uint64_t place) {
  const auto to = members_[member].next;
  const auto moved = at(place);
  for (auto i = to; i < place; ++i)
    if (!may_swap(at(i), moved))
      return false;
  for (auto i = place; i > to; --i)
    at(i) = at(i - 1);
  at(to) = moved;
  // Its publisher has got what stands behind it now; whoever else was there has only passed messages of its own.
  for (std::uint32_t i = 0; i < members_.size(); ++i)
    if (auto& next = members_[i].next; next > to && next <= place)
      next = i == moved.publisher ? next + 1 : to;
  for (auto& s : spans_)
    s.leave_at += s.leave_at > to && s.leave_at <= place;
  return true;
}

/// It stands behind the member's place: it was missed, or it is here for the second time.
delivery room_order::receive_late(std::uint32_t member, std::uint64_t place) {
  const auto list = missing_.find(member);
  if (list == missing_.end() || list->second.erase(place) == 0) {
    ++counts_.doubled;
    return {};
  }
  auto& e = at(place);
  bool overtaken = false;
  for (auto later = place + 1; later < members_[member].next && !overtaken; ++later)
    overtaken = at(later).publisher == e.publisher && !list->second.contains(later);
  ++(overtaken ? counts_.reordered : counts_.differs);
  if (list->second.empty())
    missing_.erase(list);
  return {true, ++e.taken == e.expected, e.due_ns};
}

/// It is not in the log and cannot be put there.
delivery room_order::receive_forgotten(std::uint32_t member, std::uint32_t publisher, std::uint32_t seq) {
  if (publisher >= publishers_.size() || seq >= publishers_[publisher].next_seq) {
    ++counts_.unknown;
  } else if (members_[member].is == standing::following) { // else it is from before the member's time
    ++counts_.doubled;
  }
  return {};
}

bool room_order::append(std::uint32_t publisher, std::uint32_t seq) {
  if (publisher >= publishers_.size())
    return false;
  auto& p = publishers_[publisher];
  if (seq >= p.next_seq || seq < p.first_unseen || p.unseen[seq - p.first_unseen].seen)
    return false;
  if (end_ - base_ == log_.size())
    make_space();
  auto& message = p.unseen[seq - p.first_unseen];
  const bool sender_waits = sender_receives_ || members_[publisher].is == standing::absent;
  at(end_++) = {publisher, seq, live_ - (sender_waits ? 0 : 1), 0, 0, seq < p.seen_end, message.due_ns};
  message.seen = true;
  p.seen_end = std::max(p.seen_end, seq + 1);
  for (; !p.unseen.empty() && p.unseen.front().seen; ++p.first_unseen)
    p.unseen.pop_front();
  return true;
}

std::uint64_t room_order::find(std::uint32_t publisher, std::uint32_t seq) const {
  for (auto place = end_; place > base_; --place)
    if (const auto& e = at(place - 1); e.seq == seq && e.publisher == publisher)
      return place - 1;
  return end_;
}

bool room_order::expected(std::uint32_t member, std::uint32_t publisher, std::int64_t due_ns) const {
  const auto is = members_[member].is;
  return !own(member, publisher) && is != standing::absent
         && (is == standing::following || due_ns >= spans_[member].joined_ns);
}

/// How many members should get a message that nobody has got yet.
std::uint32_t room_order::receivers(std::uint32_t publisher, std::int64_t due_ns) const {
  std::uint32_t n = 0;
  for (std::uint32_t member = 0; member < members_.size(); ++member)
    n += !own(member, publisher) && members_[member].is != standing::absent && due_ns >= spans_[member].joined_ns;
  return n;
}

/// The member has got what stands at `to`, and nothing of what is before it.
void room_order::miss(std::uint32_t member, std::uint64_t to) {
  for (auto place = members_[member].next; place < to; ++place)
    if (expected(member, at(place).publisher, at(place).due_ns))
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
    counts_.lost += expected(member, at(next).publisher, at(next).due_ns);
}

void room_order::leaving(std::uint32_t member) {
  spans_[member].leave_at = end_;
}

void room_order::left(std::uint32_t member) {
  lose(member, std::min(end_, spans_[member].leave_at));
  missing_.erase(member);
  members_[member].is = standing::absent;
  --live_;
}

void room_order::dropped(std::uint32_t member, std::vector<std::uint32_t>& completed) {
  auto& m = members_[member];
  auto pending = std::move(missing_[member]);
  for (auto place = m.next; place < end_; ++place)
    if (expected(member, at(place).publisher, at(place).due_ns))
      pending.insert(pending.end(), place);
  for (auto place : pending)
    if (auto& e = at(place); --e.expected == e.taken)
      completed.push_back(e.publisher);
  if (member < publishers_.size())
    publishers_[member].broken = true;
  missing_.erase(member);
  m.is = standing::absent;
  --live_;
}

bool room_order::settled() const {
  if (!missing_.empty())
    return false;
  for (std::uint32_t member = 0; member < members_.size(); ++member)
    for (auto place = members_[member].next; members_[member].is != standing::absent && place < end_; ++place)
      if (expected(member, at(place).publisher, at(place).due_ns))
        return false;
  for (std::uint32_t p = 0; p < publishers_.size(); ++p)
    for (const auto& message : publishers_[p].unseen)
      if (!message.seen && !publishers_[p].broken && receivers(p, message.due_ns) > 0)
        return false;
  return true;
}

order_counts room_order::finish() {
  for (std::uint32_t member = 0; member < members_.size(); ++member)
    if (members_[member].is != standing::absent)
      lose(member, end_);
  lose_unseen();
  return counts_;
}

void room_order::lose_unseen() {
  for (std::uint32_t p = 0; p < publishers_.size(); ++p)
    for (const auto& message : publishers_[p].unseen)
      if (!message.seen && !publishers_[p].broken)
        counts_.lost += receivers(p, message.due_ns);
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
