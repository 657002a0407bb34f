#pragma once

#include "core/time/timer_wheel.hpp"
#include "net/link/secure_socket.hpp"

#include <functional>

namespace troupe::net {

/// Asks, after a link broke that the peer had dialled, whether anybody still listens where the peer was: a few attempts to connect,
/// within a fifth of a second, which say nothing when they succeed. Only a refusal tells something: the process is gone. One thread.
class reach_probe final : public pollable, private timer_node {
 public:
  /// `refused` is called at most once, and may destroy the probe.
  reach_probe(link_loop& home, const socket_address& to, std::function<void()> refused);
  ~reach_probe() override;

 private:
  void on_ready(readiness what) override;
  void on_deadline(time_point now) override;
  void attempt();
  void close();
  void over(int why);

  link_loop& home_;
  const socket_address to_;
  std::function<void()> refused_;
  int fd_ = -1;
  int attempts_ = 0;
};

} // namespace troupe::net
