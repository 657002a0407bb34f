#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace troupe::ports {

/// Publish and subscribe between nodes, at most once: what is published while the bus or a subscriber is away is lost for it.
/// What one object publishes to one channel arrives in order. Any thread; never blocks.
class bus {
 public:
  /// On a thread of the bus's; must not block.
  using handler = std::function<void(std::string_view channel, std::string_view bytes)>;
  /// The subscriptions work (again), or do not. On a thread of the bus's.
  using state_handler = std::function<void(bool up)>;

  virtual ~bus() = default;

  /// Dropped, and counted, while the bus is away or has too much queued.
  virtual void publish(std::string channel, std::string bytes) = 0;
  /// Replaces an earlier handler of the same channel. Survives reconnects.
  virtual void subscribe(std::string channel, handler h) = 0;
  virtual void unsubscribe(const std::string& channel) = 0;
  virtual void on_state(state_handler h) = 0;
};

} // namespace troupe::ports
