#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <mutex>

namespace troupe::app {

/// What this process uses of the machine.
struct process_usage {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  double cpu_seconds = 0; ///< user and system, since the start
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};

/// Asks the kernel now. Counting descriptors takes milliseconds when there are ten thousand of them.
process_usage read_process_usage();

/// The same, asked at most once a second, so that nobody can keep a shard busy with it. Any thread.
class process_gauge {
 public:
  process_usage read(time_point now);

 private:
  std::mutex mutex_;
  process_usage last_;
  time_point read_at_{};
};

} // namespace troupe::app
