#include "core/presence/offline_queue.hpp"

#include <algorithm>

namespace troupe::presence {

std::size_t waiting::bytes() const {
  std::size_t n = data.size();
  for (auto& a : attachments)
    n += a.size();
  return n;
}

void offline_queue::drop_oldest() {
  bytes_ -= messages_.front().bytes();
  messages_.pop_front();
}

offline_queue::pushed offline_queue::push(waiting message) {
  const auto size = message.bytes();
  if (options_->max_queued_messages == 0 || size > options_->max_queued_bytes)
    return {};
  pushed p{true, 0};
  while (messages_.size() >= options_->max_queued_messages || bytes_ + size > options_->max_queued_bytes) {
    drop_oldest();
    ++p.dropped;
  }
  bytes_ += size;
  messages_.push_back(std::move(message));
  return p;
}

std::vector<waiting> offline_queue::take(const std::string& nsp) {
  std::vector<waiting> taken;
  for (auto i = messages_.begin(); i != messages_.end();) {
    auto here = i++;
    if (here->nsp != nsp)
      continue;
    bytes_ -= here->bytes();
    taken.push_back(std::move(*here));
    messages_.erase(here);
  }
  return taken;
}

std::size_t offline_queue::expire(time_point now) {
  std::size_t n = 0;
  for (; !messages_.empty() && messages_.front().expires <= now; ++n)
    drop_oldest();
  return n;
}

std::optional<time_point> offline_queue::next_deadline() const {
  if (messages_.empty())
    return std::nullopt;
  return messages_.front().expires;
}

} // namespace troupe::presence
