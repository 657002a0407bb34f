#pragma once
// Virtual time for simulations.

#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace troupe::sim {

class timeline {
 public:
  time_point now() const { return now_; }
  void at(time_point when, std::function<void()> what) { events_.push({std::max(when, now_), next_++, std::move(what)}); }
  void in(duration d, std::function<void()> what) { at(now_ + d, std::move(what)); }

  /// Everything that is due until then.
  void run_until(time_point end) {
    while (!events_.empty() && events_.top().when <= end) {
      auto what = std::move(const_cast<event&>(events_.top()).what);
      now_ = events_.top().when;
      events_.pop();
      what();
    }
    now_ = end;
  }

 private:
  struct event {
    time_point when;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const event& other) const { return when != other.when ? when > other.when : order > other.order; }
  };
  time_point now_{std::chrono::seconds(1'000)};
  std::uint64_t next_ = 0;
  std::priority_queue<event> events_;
};

} // namespace troupe::sim
