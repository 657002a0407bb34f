#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace troupe::app {

/// Answers of the HTTP routes by status. Any thread.
class answer_counts {
 public:
  void add(unsigned status) { counts_[status < counts_.size() ? status : 0].fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t of(unsigned status) const { return counts_[status].load(std::memory_order_relaxed); }
  static constexpr unsigned end() { return 600; }

 private:
  std::array<std::atomic<std::uint64_t>, 600> counts_{};
};

} // namespace troupe::app
