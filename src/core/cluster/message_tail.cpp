#include "core/cluster/message_tail.hpp"

#include "core/cluster/message_size.hpp"

#include <algorithm>

namespace troupe::cluster {

void message_tail::push(message_ptr m, time_point now) {
  bytes_ += bytes_of(*m);
  kept_.push_back({std::move(m), now});
  while (kept_.size() > options_->max_messages || (bytes_ > options_->max_bytes && kept_.size() > 1))
    drop_oldest();
}

void message_tail::trim(time_point now) {
  while (!kept_.empty() && now - kept_.front().since >= options_->max_age)
    drop_oldest();
}

void message_tail::clear() {
  kept_.clear();
  bytes_ = 0;
}

void message_tail::drop_oldest() {
  bytes_ -= bytes_of(*kept_.front().what);
  kept_.pop_front();
}

std::vector<message_ptr> message_tail::after(std::uint64_t seq) const {
  auto first = std::partition_point(kept_.begin(), kept_.end(), [&](auto& e) { return e.what->seq <= seq; });
  std::vector<message_ptr> found;
  for (; first != kept_.end(); ++first)
    found.push_back(first->what);
  return found;
}

bool message_tail::reaches(std::uint64_t seq) const {
  return kept_.empty() ? false : kept_.front().what->seq <= seq + 1 && kept_.back().what->seq - kept_.front().what->seq + 1 == kept_.size();
}

message_ptr message_tail::find(std::uint64_t seq) const {
  auto at = std::partition_point(kept_.begin(), kept_.end(), [&](auto& e) { return e.what->seq < seq; });
  return at != kept_.end() && at->what->seq == seq ? at->what : nullptr;
}

message_ptr message_tail::find(const origin& from) const {
  auto at = std::find_if(kept_.rbegin(), kept_.rend(), [&](auto& e) { return e.what->from == from; });
  return at == kept_.rend() ? nullptr : at->what;
}

std::optional<time_point> message_tail::next_deadline() const {
  if (kept_.empty())
    return std::nullopt;
  return kept_.front().since + options_->max_age;
}

} // namespace troupe::cluster
