#pragma once

#include "backends/postgres/alarm.hpp"
#include "backends/postgres/call.hpp"
#include "backends/postgres/metrics.hpp"

#include <deque>
#include <mutex>
#include <vector>

namespace troupe::postgres {

/// Calls that wait for the worker, in the order in which they came.
class call_queue {
 public:
  struct bounds {
    std::size_t calls;
    std::size_t bytes;
  };
  call_queue(bounds b, metrics& counts) : most_(b), counts_(counts) {}

  /// Any thread. One too many waits as well, to be answered by the worker: see `refused`. After `close` it is dropped.
  void put(call c);
  void close();

  // -- the worker --
  /// Waits for the socket as alarm::wait does, but not if there is something to do.
  bool wait(int socket, time_point until);
  alarm& bell() { return bell_; }
  bool closed() const;
  /// As many as fit into one transaction; at least one, if there is one.
  std::vector<call> take(bounds most);
  std::vector<call> take_overdue(time_point now);
  std::vector<call> take_refused();
  std::vector<call> take_all();
  /// When the first will be overdue; far away: none waits.
  time_point first_deadline() const;

 private:
  call pop();

  const bounds most_;
  metrics& counts_;
  alarm bell_;
  mutable std::mutex mutex_; ///< of all below
  std::deque<call> calls_;
  std::vector<call> refused_;
  std::size_t bytes_ = 0;
  bool idle_ = false;        ///< the worker waits for calls
  bool closed_ = false;
};

} // namespace troupe::postgres
