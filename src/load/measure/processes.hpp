#pragma once
// What /proc says about the server and about this process.

#include "base/error.hpp"

#include <cstdint>
#include <vector>

namespace troupe::load {

/// CPU time and memory of some processes, summed.
class process_meter {
 public:
  /// Errors: `no_such_process`.
  static result<process_meter> create(std::vector<int> pids);

  bool empty() const { return pids_.empty(); }
  const std::vector<int>& pids() const { return pids_; }
  /// CPU time of all threads alive, to the nanosecond (schedstat), or in clock ticks where the kernel has no schedstat.
  std::int64_t cpu_ns() const;
  /// Resident memory; 0 when there are no pids. The kernel goes through all of the process's pages for it.
  std::int64_t rss_kb() const;
  /// The same, cheaper, and off by some hundred KB.
  std::int64_t rough_rss_kb() const;

 private:
  std::vector<int> pids_;
};

/// CPU time of this process.
std::int64_t own_cpu_ns();

/// Makes room for `connections` sockets. Errors: `too_many_files`, with what to do.
result<std::uint64_t> raise_file_limit(std::uint64_t connections);

/// Binds this thread to one core. Errors: `invalid_cpu`.
result<int> run_on_cpu(int cpu);

} // namespace troupe::load
