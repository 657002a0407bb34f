#pragma once

#include <cstdint>
#include <ctime>

namespace troupe::load {

/// Nanoseconds of the machine's monotonic clock.
inline std::int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t ms_ns = 1'000'000;
constexpr std::int64_t never = INT64_MAX;

constexpr std::int64_t seconds(double s) {
  return static_cast<std::int64_t>(s * 1e9);
}

} // namespace troupe::load
