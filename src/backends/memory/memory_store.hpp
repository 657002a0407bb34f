#pragma once
// What several nodes of one process share in place of Redis: the data behind memory_registry, memory_room_log, memory_public_keys, memory_bus.

#include "backends/memory/key_shelf.hpp"
#include "backends/memory/log_shelf.hpp"
#include "backends/memory/slot_table.hpp"
#include "base/time.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::memory {

/// Runs a function now or later, each once and in order. The default runs it at once, on the caller's thread: then answers
/// come before the call returns.
using executor = std::function<void(std::function<void()>)>;
executor at_once();

/// Any thread. Has the faults of a Redis, for tests: away, restarted, emptied, rolled back.
class memory_store {
 public:
  /// `now` is read under the store's lock.
  explicit memory_store(std::function<time_point()> now = clock::now);

  /// While it is away every call is answered by an error, and nothing is published.
  void set_up(bool up);
  bool up() const;
  /// As a restart of the server, with its data or without.
  void restart(bool keep_data);
  struct data {
    slot_table table;
    log_shelf logs;
    key_shelf keys;
  };
  /// The data of now, as a dump.
  data save() const;
  /// As a restart with an older dump.
  void restore(data d);

  /// Runs `f(part, now)` under the lock. False when the store is away.
  template <class Part, class F>
  bool with(Part data::*part, F&& f) {
    std::lock_guard hold(lock_);
    if (up_)
      f(data_.*part, now_());
    return up_;
  }

  /// A bus: told of every message and every change of state, on the caller's thread and in order; must only queue it.
  class listener {
   public:
    virtual ~listener() = default;
    virtual void on_published(const std::string& channel, const std::string& bytes) = 0;
    virtual void on_up(bool up) = 0;
  };
  /// The store does not keep the listener alive.
  void attach(const std::shared_ptr<listener>& l);
  /// Tells one listener the state as it is.
  void tell_state(listener& l);
  /// False when the store is away: nobody hears it.
  bool publish(const std::string& channel, const std::string& bytes);

 private:
  using event = std::function<void(listener&)>;
  void new_run();
  void tell(event e);

  std::function<time_point()> now_;
  mutable std::mutex lock_;
  bool up_ = true;
  int runs_ = 0;
  data data_;

  /// Taken before lock_: listeners hear everything in one order. Recursive, and with a queue, because a listener may publish.
  std::recursive_mutex order_;
  std::deque<event> untold_;
  bool telling_ = false;
  std::vector<std::weak_ptr<listener>> listeners_;
};

} // namespace troupe::memory
