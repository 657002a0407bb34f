#pragma once

#include "base/time.hpp"
#include "core/engineio/close_reason.hpp"

#include <cstdint>

namespace troupe::engineio {

enum class transport : std::uint8_t { polling, websocket };

/// Which requests a session may serve now: one GET and one POST at a time while polling, the probe and the switch to
/// WebSocket, nothing but the WebSocket afterwards. (Engine.IO v4, "Transport upgrading"; the shell does what it is told.)
class transport_state {
 public:
  enum class poll { serve, overlapping, wrong_transport };
  enum class upgrade { probe, refuse };                   ///< refuse: accept the WebSocket, then close it
  enum class frame { deliver, answer_probe, switch_over, close_this_socket, ignore };

  explicit transport_state(transport t) : current_(t) {}

  transport current() const { return current_; }
  bool get_pending() const { return get_pending_; }
  bool upgrading() const { return upgrading_; }

  poll on_get() {
    if (current_ != transport::polling)
      return poll::wrong_transport;
    if (get_pending_)
      return poll::overlapping;
    get_pending_ = true;
    return poll::serve;
  }
  void get_answered() { get_pending_ = false; }
  poll on_post() {
    if (current_ != transport::polling)
      return poll::wrong_transport;
    if (post_pending_)
      return poll::overlapping;
    post_pending_ = true;
    return poll::serve;
  }
  void post_done() { post_pending_ = false; }

  upgrade on_websocket() {
    if (current_ == transport::websocket || upgrading_)
      return upgrade::refuse;
    upgrading_ = true;
    return upgrade::probe;
  }
  /// A text packet on the WebSocket that is probing. `5` without a probe is accepted: the C# client does that.
  frame on_probe_frame(bool is_probe_ping, bool is_upgrade) {
    if (is_probe_ping)
      return frame::answer_probe;
    if (!is_upgrade)
      return frame::close_this_socket;
    upgrading_ = false;
    current_ = transport::websocket;
    return frame::switch_over;
  }
  void upgrade_cancelled() { upgrading_ = false; }

 private:
  transport current_;
  bool get_pending_ = false;
  bool post_pending_ = false;
  bool upgrading_ = false;
};

} // namespace troupe::engineio
