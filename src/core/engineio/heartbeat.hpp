#pragma once

#include "base/time.hpp"

namespace troupe::engineio {

/// The server's side of Engine.IO v4's heartbeat: a ping every `interval` counted from the opening or the last pong, an end
/// when no pong comes within `timeout`. The first other packet that arrives while a pong is awaited restarts the wait once
/// per ping, so that a long upload does not look like death.
class heartbeat {
 public:
  enum class verdict { nothing, send_ping, dead };

  heartbeat(duration interval, duration timeout, time_point now)
    : interval_(interval), timeout_(timeout), deadline_(now + interval) {}

  verdict on_time(time_point now) {
    if (now < deadline_)
      return verdict::nothing;
    if (awaiting_)
      return verdict::dead;
    awaiting_ = true;
    extended_ = false;
    // Counted from when the ping was due: a late tick must not lengthen the client's time.
    deadline_ += timeout_;
    return now < deadline_ ? verdict::send_ping : verdict::dead;
  }
  void on_pong(time_point now) {
    awaiting_ = false;
    deadline_ = now + interval_;
  }
  void on_other_packet(time_point now) {
    if (!awaiting_ || extended_)
      return;
    extended_ = true;
    deadline_ = now + timeout_;
  }
  /// The transport changed: a pong that was on its way on the old one is not waited for (the interval goes on).
  void on_upgrade(time_point now) {
    if (awaiting_)
      on_pong(now);
  }
  time_point deadline() const { return deadline_; }

 private:
  duration interval_;
  duration timeout_;
  time_point deadline_;
  bool awaiting_ = false;
  bool extended_ = false;
};

} // namespace troupe::engineio
