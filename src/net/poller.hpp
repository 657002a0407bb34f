#pragma once
// Readiness of a shard's descriptors, by epoll. Level-triggered, so that interest is told to the kernel once per descriptor and
// not once per read.

#include "base/time.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include <sys/epoll.h>

namespace troupe::net {

/// Somebody who has a descriptor in a poller.
class pollable {
 public:
  virtual ~pollable() = default;

  struct readiness {
    bool readable, writable;
    bool broken; ///< error, or both directions shut; comes whatever is of interest
  };

 protected:
  friend class poller;
  virtual void on_ready(readiness what) = 0;
};

/// One thread, except where noted.
class poller {
 public:
  enum class interest : std::uint32_t { none = 0, read = EPOLLIN, write = EPOLLOUT, both = EPOLLIN | EPOLLOUT };

  /// Throws std::system_error when the process has no descriptors left.
  poller();
  ~poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  /// False when the kernel refuses (no memory, or its limit of watches).
  [[nodiscard]] bool add(int fd, pollable& who, interest what);
  void change(int fd, pollable& who, interest what);
  /// Before `fd` is closed or given away; `who` hears nothing more, not even what the kernel has reported already.
  void remove(int fd, pollable& who);

  /// Announces that the next `wait` may sleep: from now on `wake` wakes it. Look at the queues once more after this.
  void announce_sleep() { asleep_.store(true, std::memory_order_seq_cst); }
  /// Waits until somebody is ready, or until then (nothing: for ever; the past: not at all).
  void wait(std::optional<time_point> until);
  /// Calls `on_ready` of everybody whom the last `wait` found.
  void dispatch();
  /// Any thread: ends a `wait` that has been announced. Costs a system call only if there is one.
  void wake();

 private:
  static constexpr std::size_t batch = 256;

  int epoll_;
  int event_;
  std::atomic<bool> asleep_{false};
  std::array<epoll_event, batch> ready_;
  std::size_t next_ = 0; ///< of this batch
  std::size_t count_ = 0;
};

} // namespace troupe::net
