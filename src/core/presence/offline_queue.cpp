#include "core/presence/offline_queue.hpp"

#include <algorithm>

namespace troupe::presence {

void offline_queue::drop_oldest() {
  bytes_ -= messages_.front().what.bytes();
  messages_.pop_front();
}

void offline_queue::expire(time_point now) {
  while (!messages_.empty() && messages_.front().until <= now)
    drop_oldest();
}

std::size_t offline_queue::push(waiting message, const queue_bounds& most, time_point now) {
  expire(now);
  std::size_t dropped = 0;
  for (; !messages_.empty() && (messages_.size() >= most.max_messages || bytes_ + message.bytes() > most.max_bytes); ++dropped)
    drop_oldest();
  bytes_ += message.bytes();
  message.id = std::to_string(++last_id_);
  messages_.push_back({std::move(message), now + most.ttl});
  return dropped;
}

std::vector<waiting> offline_queue::list(time_point now) {
  expire(now);
  std::vector<waiting> all;
  all.reserve(messages_.size());
  for (auto& m : messages_)
    all.push_back(m.what);
  return all;
}

std::size_t offline_queue::remove(const std::vector<std::string>& ids) {
  return std::erase_if(messages_, [&](auto& m) {
    const bool named = std::find(ids.begin(), ids.end(), m.what.id) != ids.end();
    if (named)
      bytes_ -= m.what.bytes();
    return named;
  });
}

bool offline_queue::mark(const std::string& device, const std::string& id, std::size_t max_devices) {
  auto& last = had_[device];
  if (!is_before(last, id))
    return false;
  last = id;
  if (had_.size() > max_devices)
    had_.erase(std::min_element(had_.begin(), had_.end(), [](auto& a, auto& b) { return is_before(a.second, b.second); }));
  return true;
}

bool offline_queue::empty(time_point now) {
  expire(now);
  return messages_.empty();
}

} // namespace troupe::presence
