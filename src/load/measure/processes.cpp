#include "load/measure/processes.hpp"

#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sched.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace troupe::load {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t own_files = 64; ///< standard streams, epoll, libraries

std::string directory(int pid) {
  return "/proc/" + std::to_string(pid);
}

/// Sum of the threads' first number in schedstat; nothing when the kernel does not keep it.
std::optional<std::int64_t> schedstat_ns(int pid) {
  std::int64_t sum = 0;
  bool any = false;
  std::error_code gone;
  for (fs::directory_iterator thread{directory(pid) + "/task", gone}, end; !gone && thread != end;
       thread.increment(gone)) {
    std::int64_t ns = 0;
    if (std::ifstream{thread->path() / "schedstat"} >> ns) {
      sum += ns;
      any = true;
    }
  }
  return any ? std::optional{sum} : std::nullopt;
}

/// utime + stime.
std::int64_t stat_ns(int pid) {
  std::ifstream file{directory(pid) + "/stat"};
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(") ");
  if (name_end == line.npos)
    return 0;
  std::int64_t user = 0, system = 0;
  std::size_t at = name_end + 2;
  for (int field = 3; field < 14; ++field) // utime is the 14th
    at = line.find(' ', at) + 1;
  const char* end = line.data() + line.size();
  const auto [next, failure] = std::from_chars(line.data() + at, end, user);
  if (failure == std::errc{} && next != end)
    std::from_chars(next + 1, end, system);
  return (user + system) * (1'000'000'000 / sysconf(_SC_CLK_TCK));
}

std::int64_t rollup_kb(int pid) {
  std::ifstream file{directory(pid) + "/smaps_rollup"};
  std::string word;
  std::int64_t kb = 0;
  while (file >> word)
    if (word == "Rss:" && file >> kb)
      return kb;
  return 0;
}

/// Cheaper and readable for everybody, but the kernel rounds it per core.
std::int64_t statm_kb(int pid) {
  std::int64_t size = 0, resident = 0;
  std::ifstream{directory(pid) + "/statm"} >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

} // namespace

result<process_meter> process_meter::create(std::vector<int> pids) {
  for (int pid : pids)
    if (!fs::exists(directory(pid) + "/stat"))
      return error{"no_such_process", "there is no process " + std::to_string(pid) + " (--server-pid)"};
  process_meter out;
  out.pids_ = std::move(pids);
  return out;
}

std::int64_t process_meter::cpu_ns() const {
  std::int64_t sum = 0;
  for (int pid : pids_) {
    const auto exact = schedstat_ns(pid);
    sum += exact ? *exact : stat_ns(pid);
  }
  return sum;
}

std::int64_t process_meter::rss_kb() const {
  std::int64_t sum = 0;
  for (int pid : pids_) {
    const auto exact = rollup_kb(pid);
    sum += exact ? exact : statm_kb(pid);
  }
  return sum;
}

std::int64_t process_meter::rough_rss_kb() const {
  std::int64_t sum = 0;
  for (int pid : pids_)
    sum += statm_kb(pid);
  return sum;
}

std::int64_t own_cpu_ns() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

result<std::uint64_t> raise_file_limit(std::uint64_t connections) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (connections + own_files <= limit.rlim_cur)
    return std::uint64_t{limit.rlim_cur};
  return error{
    "too_many_files", std::to_string(connections) + " connections need as many open files, and this process may have "
                        + std::to_string(limit.rlim_cur) + ": raise the hard limit (ulimit -Hn, or LimitNOFILE= of a "
                        + "service), or share the connections among several runs"};
}

result<int> run_on_cpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0)
    return error{"invalid_cpu", "this process cannot run on core " + std::to_string(cpu) + " (--cpu)"};
  return cpu;
}

} // namespace troupe::load
