#include "net/admission.hpp"

#include <algorithm>

namespace troupe::net {

admission::permit admission::try_enter() {
  std::lock_guard lock(mutex_);
  // Those who wait come first.
  if (taken_ >= places_ || !queue_.empty())
    return {};
  ++taken_;
  return permit(this);
}

std::uint64_t admission::wait(std::function<void(permit)> admitted) {
  std::lock_guard lock(mutex_);
  if (queue_.size() >= queue_limit_)
    return 0;
  queue_.emplace_back(next_ticket_, std::move(admitted));
  return next_ticket_++;
}

bool admission::cancel(std::uint64_t ticket) {
  std::lock_guard lock(mutex_);
  auto it = std::find_if(queue_.begin(), queue_.end(), [&](auto& w) { return w.first == ticket; });
  if (it == queue_.end())
    return false;
  queue_.erase(it);
  return true;
}

void admission::leave() {
  std::function<void(permit)> next;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty()) {
      --taken_;
      return;
    }
    next = std::move(queue_.front().second);
    queue_.pop_front();
  }
  next(permit(this)); // the place goes from hand to hand
}

std::size_t admission::taken() const {
  std::lock_guard lock(mutex_);
  return taken_;
}

std::size_t admission::waiting() const {
  std::lock_guard lock(mutex_);
  return queue_.size();
}

} // namespace troupe::net
