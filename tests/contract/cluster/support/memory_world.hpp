#pragma once

#include "backends/memory/memory_bus.hpp"
#include "backends/memory/memory_public_keys.hpp"
#include "backends/memory/memory_registry.hpp"
#include "backends/memory/memory_room_log.hpp"

namespace cluster_tests {

using namespace troupe;

/// What the suites run on: several nodes on one store, here in memory and in virtual time.
class memory_world {
 public:
  static constexpr std::size_t log_slack = 0; ///< entries that a log may keep beyond max_entries

  std::unique_ptr<ports::registry> registry(std::size_t slots = 64) {
    return std::make_unique<memory::memory_registry>(store_, slots);
  }
  std::unique_ptr<ports::room_log> log() { return std::make_unique<memory::memory_room_log>(store_); }
  std::unique_ptr<ports::public_keys> keys() { return std::make_unique<memory::memory_public_keys>(store_); }
  std::unique_ptr<ports::bus> bus() { return std::make_unique<memory::memory_bus>(store_); }

  /// Lets time go by.
  void pass(duration d) { *now_ += d; }
  void go_away() { store_->set_up(false); }
  void come_back() { store_->set_up(true); }
  void restart(bool keep_data) { store_->restart(keep_data); }

 private:
  std::shared_ptr<time_point> now_ = std::make_shared<time_point>(clock::now());
  std::shared_ptr<memory::memory_store> store_ =
    std::make_shared<memory::memory_store>([now = now_] { return *now; });
};

} // namespace cluster_tests
