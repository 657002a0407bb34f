#pragma once

#include <functional>

namespace troupe::ports {

/// One thread that runs functions in order. Actors that are pinned to a shard run on its loop.
class run_loop {
 public:
  virtual ~run_loop() = default;
  /// Any thread; runs later, on the loop's thread.
  virtual void post(std::function<void()> f) = 0;
  virtual bool on_this_thread() const = 0;
};

} // namespace troupe::ports
