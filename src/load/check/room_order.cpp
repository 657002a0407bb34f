#include "load/check/room_order.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr std::size_t most_unseen = 256;
constexpr std::size_t most_ahead = 100'000;

} // namespace

void order_counts::add(const order_counts& other) {
  lost += other.lost;
  doubled += other.doubled;
  reordered += other.reordered;
  differs += other.differs;
  unknown += other.unknown;
}

room_order::room_order(std::uint32_t members, std::uint32_t publishers, bool sender_receives)
  : publishers_count_{publishers}, sender_receives_{sender_receives}, log_(first_log), members_(members),
    spans_(members), publishers_(publishers) {}

void room_order::join(std::uint32_t member, std::int64_t now_ns) {
  const bool nothing_yet = sent_ == 0;
  members_[member] = {end_, nothing_yet ? standing::following : standing::fresh, false};
  spans_[member] = {now_ns, nothing_yet ? end_ : UINT64_MAX, UINT64_MAX};
  listening_ += nothing_yet && knows_order(member);
  ++live_;
}

std::uint32_t room_order::send(std::uint32_t publisher, std::int64_t due_ns) {
  auto& p = publishers_[publisher];
  // What nobody was there to receive is never seen; it need not be kept for ever.
  for (; p.unseen.size() >= most_unseen && receivers(publisher, p.unseen.front().due_ns) == 0; ++p.first_unseen)
    p.unseen.pop_front();
  p.unseen.push_back({due_ns, 0, false});
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
  if (m.is == standing::following && !m.ahead) {
    while (m.next != end_ && own(member, at(m.next).publisher))
      ++m.next;
    if (m.next != end_)
      if (const auto& e = at(m.next); e.seq == seq && e.publisher == publisher) {
        if (e.late && overtaken(member, m.next))
          ++counts_.reordered;
        return take(m.next++);
      }
  }
  return receive_slowly(member, {publisher, seq});
}

delivery room_order::take(std::uint64_t place) {
  auto& e = at(place);
  return {true, ++e.taken == e.expected, e.due_ns};
}

delivery room_order::receive_slowly(std::uint32_t member, message_id id) {
  const bool is_new = unseen(id) != nullptr;
  // Without anybody who is sure of the order, the next best may say what it is.
  const bool decides = knows_order(member) && (members_[member].is == standing::following || listening_ == 0);
  if (members_[member].ahead || (is_new && !decides))
    return receive_ahead(member, id);
  if (is_new)
    insert(id, members_[member].is == standing::following ? members_[member].next : end_);
  const auto place = find(id);
  if (place == end_)
    return receive_nowhere(id);
  const auto out = put(member, place) ? take(place) : delivery{};
  if (is_new)
    catch_up();
  return out;
}

/// No listener has got it, so its place in the order is not known yet.
delivery room_order::receive_ahead(std::uint32_t member, message_id id) {
  delivery out{true, false, 0};
  if (auto* message = unseen(id)) {
    ++message->taken;
    out.due_ns = message->due_ns;
  } else if (const auto place = find(id); place != end_) {
    out = take(place);
  } else {
    return receive_nowhere(id);
  }
  auto& m = members_[member];
  auto& waiting = ahead_[member];
  waiting.push_back(id);
  m.ahead = true;
  if (waiting.size() > most_ahead) { // the listeners are gone
    ahead_.erase(member);
    m = {end_, standing::fresh, false};
    spans_[member].first = UINT64_MAX;
  }
  return out;
}

/// It is not in the log and never will be.
delivery room_order::receive_nowhere(message_id id) {
  const bool was_sent = id.publisher < publishers_.size() && id.seq < publishers_[id.publisher].next_seq;
  ++(was_sent ? counts_.doubled : counts_.unknown);
  return {};
}

/// The member has got what stands at `place`; false: for the second time.
bool room_order::put(std::uint32_t member, std::uint64_t place) {
  auto& m = members_[member];
  if (m.is == standing::fresh) {
    spans_[member].first = place;
    listening_ += knows_order(member);
  } else if (place < m.next) {
    return put_late(member, place);
  }
  if (at(place).late && overtaken(member, place))
    ++counts_.reordered;
  miss(member, place);
  m.next = place + 1;
  m.is = standing::following;
  return true;
}

/// The place is behind the member's own: it was missed, or it is here again.
bool room_order::put_late(std::uint32_t member, std::uint64_t place) {
  const auto list = missing_.find(member);
  if (list == missing_.end() || !list->second.contains(place)) {
    ++counts_.doubled;
    return false;
  }
  if (overtaken(member, place))
    ++counts_.reordered;
  else if (out_of_place(member, place))
    ++counts_.differs;
  list->second.erase(place);
  if (list->second.empty())
    missing_.erase(list);
  return true;
}

/// The log has grown: some of what members got before may have its place now.
void room_order::catch_up() {
  for (auto i = ahead_.begin(); i != ahead_.end();) {
    catch_up(i->first, i->second);
    i = i->second.empty() ? ahead_.erase(i) : std::next(i);
  }
}

void room_order::catch_up(std::uint32_t member, std::deque<message_id>& ahead) {
  for (; !ahead.empty() && !unseen(ahead.front()); ahead.pop_front())
    if (const auto place = find(ahead.front()); place != end_)
      put(member, place);
  members_[member].ahead = !ahead.empty();
}

void room_order::leaving(std::uint32_t member) {
  spans_[member].leave_at = end_;
}

void room_order::left(std::uint32_t member) {
  lose(member, std::min(end_, spans_[member].leave_at));
  forget(member);
}

void room_order::dropped(std::uint32_t member, std::vector<std::uint32_t>& completed) {
  for (auto id : ahead_[member])
    if (auto* message = unseen(id))
      --message->taken;
  std::set<std::uint64_t> open = std::move(missing_[member]);
  for (auto place = members_[member].next; place < end_; ++place)
    if (expected(member, place))
      open.insert(place);
  for (auto id : ahead_[member])
    open.erase(find(id));
  for (auto place : open)
    if (auto& e = at(place); --e.expected == e.taken)
      completed.push_back(e.publisher);
  if (member < publishers_.size())
    publishers_[member].broken = true;
  forget(member);
}

void room_order::forget(std::uint32_t member) {
  auto& m = members_[member];
  missing_.erase(member);
  ahead_.erase(member);
  listening_ -= m.is == standing::following && knows_order(member);
  m.is = standing::absent;
  m.ahead = false;
  --live_;
}

bool room_order::settled() const {
  if (!missing_.empty() || !ahead_.empty())
    return false;
  for (std::uint32_t member = 0; member < members_.size(); ++member)
    for (auto place = members_[member].next; members_[member].is != standing::absent && place < end_; ++place)
      if (expected(member, place))
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
      if (const auto wanted = receivers(p, message.due_ns); !message.seen && !publishers_[p].broken)
        counts_.lost += wanted - std::min(wanted, message.taken);
}

} // namespace troupe::load
