#pragma once
// When open-loop messages are due. Pure: time comes in.

#include <cmath>
#include <cstdint>
#include <random>

namespace troupe::load {

/// A fixed pace: the n-th is due at start + n / rate, however late the one before it was. A message keeps the time at
/// which it was due, so that waiting for a slow server counts as latency (no coordinated omission).
class steady_schedule {
 public:
  void start(std::int64_t now_ns, double per_second) {
    start_ns_ = now_ns;
    gap_ns_ = 1e9 / per_second;
    count_ = 0;
  }
  std::int64_t next() const { return start_ns_ + static_cast<std::int64_t>(gap_ns_ * static_cast<double>(count_)); }
  /// The time at which the next one is due, which is then past.
  std::int64_t take() {
    const auto due = next();
    ++count_;
    return due;
  }

 private:
  std::int64_t start_ns_ = 0;
  double gap_ns_ = 0;
  std::uint64_t count_ = 0;
};

/// As if many people acted on their own: exponential gaps. A rate of 0: never.
class random_schedule {
 public:
  explicit random_schedule(std::uint64_t seed) : random_{seed} {}
  void start(std::int64_t now_ns, double per_second) {
    per_second_ = per_second;
    next_ns_ = static_cast<double>(now_ns);
    step();
  }
  std::int64_t next() const { return per_second_ > 0 ? static_cast<std::int64_t>(next_ns_) : INT64_MAX; }
  std::int64_t take() {
    const auto due = next();
    step();
    return due;
  }

 private:
  void step() {
    if (per_second_ > 0)
      next_ns_ += std::exponential_distribution<double>{per_second_}(random_)*1e9;
  }

  std::mt19937_64 random_;
  double per_second_ = 0;
  double next_ns_ = 0;
};

} // namespace troupe::load
