#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

namespace troupe::net {

/// Places for sessions on this node (limits.max_connections) and the queue of handshakes beyond them. Thread-safe; the lock
/// is taken once per session opened and closed, never per message.
class admission {
 public:
  admission(std::size_t places, std::size_t queue) : places_(places), queue_limit_(queue) {}

  /// A place: given back on destruction.
  class permit {
   public:
    permit() = default;
    explicit permit(admission* from) : from_(from) {}
    permit(permit&& o) noexcept : from_(std::exchange(o.from_, nullptr)) {}
    permit& operator=(permit&& o) noexcept {
      std::swap(from_, o.from_);
      return *this;
    }
    ~permit() {
      if (from_)
        from_->leave();
    }
    explicit operator bool() const { return from_ != nullptr; }

   private:
    admission* from_ = nullptr;
  };

  /// Empty when all places are taken.
  permit try_enter();
  /// Waits for a place: `admitted` is called from any thread, once, unless cancelled before. Gives 0 if the queue is full.
  std::uint64_t wait(std::function<void(permit)> admitted);
  /// True if `admitted` had not been called and never will be.
  bool cancel(std::uint64_t ticket);

  std::size_t taken() const;
  std::size_t waiting() const;

 private:
  void leave();

  mutable std::mutex mutex_;
  std::size_t places_;
  std::size_t queue_limit_;
  std::size_t taken_ = 0;
  std::uint64_t next_ticket_ = 1;
  std::deque<std::pair<std::uint64_t, std::function<void(permit)>>> queue_;
};

} // namespace troupe::net
