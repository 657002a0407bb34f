#include "actors/public_record.hpp"

#include "core/presence/presence_texts.hpp"

namespace troupe::actors {

using cluster::key_change;
using cluster::key_kind;

public_record::public_record(std::string node, keys_options o, ports::bus& bus, std::function<void()> wake)
  : node_(std::move(node)), options_(o), bus_(bus), wake_(std::move(wake)), waiting_(o.max_waiting) {}

void public_record::put(key_change c) {
  const bool was_empty = waiting_.size() == 0;
  counts.changes.fetch_add(1, std::memory_order_relaxed);
  if (!waiting_.put(std::move(c))) {
    overflowed_ = true;
    counts.overflows.fetch_add(1, std::memory_order_relaxed);
  }
  counts.waiting.store(waiting_.size(), std::memory_order_relaxed);
  counts.coalesced.store(waiting_.coalesced(), std::memory_order_relaxed);
  if (was_empty)
    wake_();
}

void public_record::socket_came(const std::string& socket, const std::string& user) {
  std::lock_guard lock(mutex_);
  put({{key_kind::connections, node_, socket}, true, user, {}});
  if (!user.empty())
    put({{key_kind::user_sockets, user, socket}, true, {}, {}});
}

void public_record::socket_went(const std::string& socket, const std::string& user) {
  std::lock_guard lock(mutex_);
  put({{key_kind::connections, node_, socket}, false, {}, {}});
  if (!user.empty())
    put({{key_kind::user_sockets, user, socket}, false, {}, {}});
}

void public_record::joined(std::string_view room, const std::string& socket) {
  auto name = cluster::public_room(room);
  std::lock_guard lock(mutex_);
  if (members_[name]++ == 0)
    put({{key_kind::node_rooms, node_, name}, true, {}, {}});
  put({{key_kind::room, std::move(name), socket}, true, {}, {}});
}

void public_record::left(std::string_view room, const std::string& socket) {
  auto name = cluster::public_room(room);
  std::lock_guard lock(mutex_);
  const auto here = members_.find(name);
  if (here != members_.end() && --here->second == 0) {
    members_.erase(here);
    put({{key_kind::node_rooms, node_, name}, false, {}, {}});
  }
  put({{key_kind::room, std::move(name), socket}, false, {}, {}});
}

void public_record::typing(std::string_view room, const std::string& user, bool active, unix_ms until, duration ttl) {
  std::lock_guard lock(mutex_);
  put({{key_kind::typing, cluster::public_room(room), user}, active, active ? std::to_string(until) : std::string(), ttl});
}

void public_record::presence(const std::string& user, const presence::state& s) {
  auto text = presence::state_text(user, s);
  {
    std::lock_guard lock(mutex_);
    if (s.online)
      present_[user] = text;
    else
      present_.erase(user);
    put({{key_kind::presence, user, {}}, true, text, s.online ? options_.presence_ttl : options_.last_seen_ttl});
  }
  counts.published.fetch_add(1, std::memory_order_relaxed);
  bus_.publish("presence:updates", std::move(text));
}

void public_record::presence_moved(const std::string& user) {
  std::lock_guard lock(mutex_);
  present_.erase(user);
}

void public_record::slots(std::uint16_t owned, std::uint16_t disagreeing, std::uint16_t without_home) {
  std::lock_guard lock(mutex_);
  slots_ = {owned, disagreeing, without_home};
}

void public_record::message(std::string_view room, const std::string& json) {
  counts.published.fetch_add(1, std::memory_order_relaxed);
  bus_.publish("room:" + cluster::public_room(room), json);
}

std::vector<key_change> public_record::take(std::size_t most) {
  std::lock_guard lock(mutex_);
  auto batch = waiting_.take(most);
  counts.waiting.store(waiting_.size(), std::memory_order_relaxed);
  return batch;
}

void public_record::add(key_change c) {
  std::lock_guard lock(mutex_);
  put(std::move(c));
}

std::size_t public_record::add_older(std::vector<key_change> changes) {
  std::lock_guard lock(mutex_);
  const auto before = waiting_.size();
  for (auto& c : changes) {
    if (c.at.kind == key_kind::presence)
      c.ttl = options_.presence_ttl;
    waiting_.put_if_absent(std::move(c));
  }
  counts.waiting.store(waiting_.size(), std::memory_order_relaxed);
  return waiting_.size() - before;
}

void public_record::forget_waiting() {
  std::lock_guard lock(mutex_);
  waiting_.clear();
  counts.waiting.store(0, std::memory_order_relaxed);
}

bool public_record::take_overflow() {
  std::lock_guard lock(mutex_);
  return std::exchange(overflowed_, false);
}

std::map<std::string, std::string> public_record::present_users() const {
  std::lock_guard lock(mutex_);
  return present_;
}

void public_record::refresh_presence(std::size_t i, std::size_t n) {
  std::lock_guard lock(mutex_);
  for (auto& [user, text] : present_)
    if (std::hash<std::string>{}(user) % n == i)
      put({{key_kind::presence, user, {}}, true, text, options_.presence_ttl});
}

public_record::slot_counts public_record::slots() const {
  std::lock_guard lock(mutex_);
  return slots_;
}

} // namespace troupe::actors
