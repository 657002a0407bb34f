#pragma once
// The two clocks. Pure code never reads them: time comes in as an argument.

#include <chrono>
#include <cstdint>

namespace troupe {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;
using duration = std::chrono::milliseconds;

/// Milliseconds since the Unix epoch, for timestamps that people and other programs see.
using unix_ms = std::int64_t;

/// Shell code only: the wall clock now.
inline unix_ms wall_clock_now() {
  return std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace troupe
