#include "app/http/process_usage.hpp"

#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::app {
namespace {

constexpr const char* descriptors = "/proc/self/fd";

std::uint64_t count_fds() {
  struct stat s {};
  if (stat(descriptors, &s) == 0 && s.st_size > 0) // Linux 6.2 and later say it at once
    return static_cast<std::uint64_t>(s.st_size);
  std::error_code ec;
  std::uint64_t n = 0;
  for (std::filesystem::directory_iterator i(descriptors, ec), end; !ec && i != end; i.increment(ec))
    ++n;
  return n > 0 ? n - 1 : 0; // one is the directory itself
}

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

} // namespace

process_usage read_process_usage() {
  process_usage u;
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::ifstream statm("/proc/self/statm");
  statm >> u.virtual_bytes >> u.resident_bytes;
  u.virtual_bytes *= page;
  u.resident_bytes *= page;
  rusage r{};
  if (getrusage(RUSAGE_SELF, &r) == 0)
    u.cpu_seconds = seconds(r.ru_utime) + seconds(r.ru_stime);
  u.open_fds = count_fds();
  rlimit l{};
  if (getrlimit(RLIMIT_NOFILE, &l) == 0)
    u.max_fds = l.rlim_cur;
  return u;
}

process_usage process_gauge::read(time_point now) {
  std::lock_guard lock(mutex_);
  if (read_at_ == time_point{} || now - read_at_ >= std::chrono::seconds(1)) {
    last_ = read_process_usage();
    read_at_ = now;
  }
  return last_;
}

} // namespace troupe::app
