#pragma once

#include <atomic>
#include <cstdint>

namespace troupe {

/// Counts events. Any thread may count and read; nothing is ordered by it.
class counter {
 public:
  counter() = default;
  counter(const counter& other) : n_(other.get()) {}
  counter& operator=(const counter& other) {
    n_.store(other.get(), std::memory_order_relaxed);
    return *this;
  }
  void operator++() { add(1); }
  void operator+=(std::uint64_t n) { add(n); }
  void add(std::uint64_t n) { n_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t get() const { return n_.load(std::memory_order_relaxed); }
  operator std::uint64_t() const { return get(); }

 private:
  std::atomic<std::uint64_t> n_{0};
};

} // namespace troupe
