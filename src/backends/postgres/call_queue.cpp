#include "backends/postgres/call_queue.hpp"

#include <poll.h>
#include <utility>

namespace troupe::postgres {

void call_queue::put(call c) {
  ++counts_.calls;
  std::lock_guard hold(mutex_);
  if (closed_)
    return;
  if (calls_.size() >= most_.calls || bytes_ + c.bytes > most_.bytes) {
    ++counts_.refused;
    ++counts_.waiting;
    c.values.clear();
    c.bytes = 0;
    refused_.push_back(std::move(c));
    return bell_.ring();
  }
  bytes_ += c.bytes;
  ++counts_.waiting;
  counts_.waiting_bytes += c.bytes;
  calls_.push_back(std::move(c));
  if (std::exchange(idle_, false))
    bell_.ring();
}

void call_queue::close() {
  std::lock_guard hold(mutex_);
  closed_ = true;
  bell_.ring();
}

bool call_queue::closed() const {
  std::lock_guard hold(mutex_);
  return closed_;
}

bool call_queue::wait(int socket, time_point until) {
  {
    std::lock_guard hold(mutex_);
    if (!calls_.empty() || !refused_.empty() || closed_)
      return false;
    idle_ = true;
  }
  const bool ready = bell_.wait(socket, POLLIN, until);
  std::lock_guard hold(mutex_);
  idle_ = false;
  return ready;
}

call call_queue::pop() {
  auto c = std::move(calls_.front());
  calls_.pop_front();
  bytes_ -= c.bytes;
  return c;
}

std::vector<call> call_queue::take(bounds most) {
  std::lock_guard hold(mutex_);
  std::vector<call> taken;
  for (std::size_t bytes = 0; !calls_.empty() && taken.size() < most.calls && (taken.empty() || bytes + calls_.front().bytes <= most.bytes);) {
    bytes += calls_.front().bytes;
    taken.push_back(pop());
  }
  return taken;
}

std::vector<call> call_queue::take_overdue(time_point now) {
  std::lock_guard hold(mutex_);
  std::vector<call> taken;
  while (!calls_.empty() && calls_.front().deadline <= now)
    taken.push_back(pop());
  return taken;
}

std::vector<call> call_queue::take_refused() {
  std::lock_guard hold(mutex_);
  return std::exchange(refused_, {});
}

std::vector<call> call_queue::take_all() {
  std::lock_guard hold(mutex_);
  std::vector<call> taken = std::exchange(refused_, {});
  while (!calls_.empty())
    taken.push_back(pop());
  return taken;
}

time_point call_queue::first_deadline() const {
  std::lock_guard hold(mutex_);
  return calls_.empty() ? time_point::max() : calls_.front().deadline;
}

} // namespace troupe::postgres
