#pragma once

#include "backends/memory/memory_store.hpp"
#include "ports/bus.hpp"

#include <atomic>

namespace troupe::memory {

/// One node's way to the channels of the shared store. Handlers are called through `deliver`; also this bus hears what it
/// publishes, when it is subscribed. The state handler hears the state at once, and then each change.
/// After the destructor no handler is called: it waits for one that runs on another thread.
class memory_bus final : public ports::bus {
 public:
  explicit memory_bus(std::shared_ptr<memory_store> store, executor deliver = at_once());
  ~memory_bus() override;

  void publish(std::string channel, std::string bytes) override;
  void subscribe(std::string channel, handler h) override;
  void unsubscribe(const std::string& channel) override;
  void on_state(state_handler h) override;

  std::uint64_t dropped() const { return dropped_; }

 private:
  class ears;
  std::shared_ptr<memory_store> store_;
  std::shared_ptr<ears> ears_;
  std::atomic<std::uint64_t> dropped_{0};
};

} // namespace troupe::memory
