#pragma once
// One timer wheel per shard instead of a timer per connection: scheduling is linking a node into a list.

#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace troupe {

/// A place in a wheel; a member of whatever is to be woken. Unlinks itself when destroyed.
class timer_node {
 public:
  timer_node() = default;
  timer_node(const timer_node&) = delete;
  timer_node& operator=(const timer_node&) = delete;
  virtual ~timer_node() { unlink(); }

  bool scheduled() const { return next_ != nullptr; }
  time_point deadline() const { return deadline_; }
  void unlink();

 protected:
  /// The deadline has passed; the node is unlinked already and may schedule itself again.
  virtual void on_deadline(time_point now) = 0;

 private:
  friend class timer_wheel;
  timer_node* next_ = nullptr;
  timer_node* prev_ = nullptr;
  time_point deadline_{};
};

/// Hashed wheel: 1,024 slots of `tick`. Nodes further away than a turn stay in their slot until their turn has come, so
/// any deadline may be set; firing is late by at most one tick and never early. One thread.
class timer_wheel {
 public:
  static constexpr std::size_t slots = 1024;
  static constexpr duration tick{10};

  explicit timer_wheel(time_point start);
  ~timer_wheel();
  timer_wheel(const timer_wheel&) = delete;
  timer_wheel& operator=(const timer_wheel&) = delete;

  /// (Re)schedules. A deadline in the past fires at the next `advance`.
  void schedule(timer_node& node, time_point deadline);
  /// Fires everything due at `now`.
  void advance(time_point now);
  /// Nothing fires before this; it may be early. Nothing: nothing is scheduled.
  std::optional<time_point> next() const;

 private:
  struct head : timer_node {
    void on_deadline(time_point) override {}
  };
  std::size_t tick_of(time_point t) const { return static_cast<std::size_t>((t - start_) / tick); }
  void fire_slot(std::size_t slot, time_point now);
  bool occupied(std::size_t slot) const { return (occupied_[slot / 64] >> (slot % 64) & 1) != 0; }
  std::optional<std::size_t> first_occupied(std::size_t from, std::size_t to) const;

  time_point start_;
  std::size_t current_ = 0; ///< every tick up to this one has been fired
  std::array<head, slots> lists_;
  std::array<std::uint64_t, slots / 64> occupied_{}; ///< a bit per slot; may still be set when all have unlinked themselves
};

} // namespace troupe
