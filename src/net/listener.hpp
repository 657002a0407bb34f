#pragma once
// A listening TCP socket.

#include "base/error.hpp"
#include "core/time/timer_wheel.hpp"
#include "net/poller.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace troupe::net {

/// One of a node's listening sockets (SO_REUSEPORT: every shard has its own, and the kernel spreads connections over them).
/// Gives what it accepts, non-blocking and without Nagle's delay, to `accepted` with the peer's address as text. One thread.
class listener final : public pollable, private timer_node {
 public:
  using handler = std::function<void(int fd, std::string peer)>;

  listener(poller& p, timer_wheel& wheel, handler accepted)
    : poller_(p), wheel_(wheel), accepted_(std::move(accepted)) {}
  ~listener() override { close(); }

  /// `host` is a numeric address. Gives the port (for 0: the one that was taken). Errors: `bad_address`, `cannot_listen`.
  result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void close();

 private:
  void on_ready(readiness) override;
  void on_deadline(time_point) override;
  bool accept_one();

  poller& poller_;
  timer_wheel& wheel_;
  handler accepted_;
  int fd_ = -1;
};

} // namespace troupe::net
