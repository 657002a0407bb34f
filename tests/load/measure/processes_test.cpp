#include "load/measure/now.hpp"
#include "load/measure/processes.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using namespace troupe::load;

TEST_CASE("CPU time of a process grows as it works") {
  const auto meter = process_meter::create({getpid()});
  REQUIRE(meter.has_value());
  const auto server = meter->cpu_ns(), own = own_cpu_ns();
  while (own_cpu_ns() - own < 50 * ms_ns) {
  }
  const auto spent = meter->cpu_ns() - server;
  CHECK(spent > 30 * ms_ns); // the kernel brings schedstat up to date with its ticks
  CHECK(spent < 500 * ms_ns);
}

TEST_CASE("memory of a process grows as it takes some") {
  const auto meter = process_meter::create({getpid()});
  REQUIRE(meter.has_value());
  const auto before = meter->rss_kb();
  CHECK(before > 500);
  std::vector<char> taken(64 << 20, 'x');
  const auto grown = meter->rss_kb() - before;
  CHECK(grown > (60 << 10));
  CHECK(grown < (80 << 10));
  CHECK(taken.back() == 'x');
}

TEST_CASE("several processes add up, missing ones are refused") {
  const auto twice = process_meter::create({getpid(), getppid()});
  REQUIRE(twice.has_value());
  const auto once = process_meter::create({getpid()});
  REQUIRE(once.has_value());
  CHECK(twice->rss_kb() > once->rss_kb());
  const auto none = process_meter::create({1 << 30});
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == "no_such_process");
  CHECK(process_meter::create({})->rss_kb() == 0);
}

TEST_CASE("more connections than files are refused with advice") {
  const auto few = raise_file_limit(10);
  REQUIRE(few.has_value());
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  CHECK(limit.rlim_cur == limit.rlim_max);
  const auto many = raise_file_limit(limit.rlim_max);
  REQUIRE_FALSE(many.has_value());
  CHECK(many.error().code == "too_many_files");
  CHECK(many.error().message.find("ulimit") != std::string::npos);
}
