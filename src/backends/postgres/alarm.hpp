#pragma once

#include "base/time.hpp"

namespace troupe::postgres {

/// Wakes a thread that waits for a socket.
class alarm {
 public:
  alarm();
  ~alarm();
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  /// Any thread. Remembered when nobody waits.
  void ring();
  /// Until the socket (-1: none) is ready for `events` of poll(2), somebody rings, or `until`. Whether the socket is ready.
  bool wait(int socket, short events, time_point until);

 private:
  int descriptor_;
};

} // namespace troupe::postgres
