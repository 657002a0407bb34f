#include "load/report/report.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe::load;
using Catch::Approx;

namespace {

run_result good_run() {
  run_result r;
  r.started_at = "2026-11-21T09:00:00Z";
  r.connections.live = r.connections.established = r.ramp.established = 100;
  r.ramp.seconds = 0.5;
  auto& w = r.window.emplace();
  w.seconds = 10;
  w.publishes = 1'000;
  w.deliveries = 2'000'000;
  w.server_cpu_s = 8;
  w.generator_cpu_s = 2;
  w.reads = 500'000;
  w.frames = 2'000'000;
  for (int i = 1; i <= 100; ++i)
    w.latency.record(i * 1'000'000);
  r.server_pids = {42};
  r.memory = {10'000, 10'700, 10'900, {{10.0, 10'800}}};
  return r;
}

} // namespace

TEST_CASE("the JSON holds what was measured") {
  options o;
  o.connections = 100;
  const auto j = nlohmann::json::parse(to_json(o, good_run()));
  CHECK(j["format"] == 1);
  CHECK(j["scenario"] == "fanout");
  CHECK(j["good"] == true);
  CHECK(j["connections"]["wanted"] == 100);
  CHECK(j["ramp"]["per_second"] == Approx(200));
  CHECK(j["window"]["deliveries_per_s"] == Approx(200'000));
  CHECK(j["latency_ms"]["p50"] == Approx(50).epsilon(0.01));
  CHECK(j["latency_ms"]["p99"] == Approx(99).epsilon(0.01));
  CHECK(j["latency_ms"]["max"] == Approx(100));
  CHECK(j["server"]["cpu_share"] == Approx(0.8));
  CHECK(j["server"]["cpu_s_per_million"] == Approx(4));
  CHECK(j["server"]["rss_kb_per_connection"] == Approx(7));
  CHECK(j["server"]["rss_kb"]["every_10_s"][0][1] == 10'800);
  CHECK(j["generator"]["cpu_share"] == Approx(0.2));
  CHECK(j["generator"]["cpu_ns_per_delivery"] == Approx(1000));
  CHECK(j["generator"]["frames_per_read"] == Approx(4));
  CHECK(j["options"]["rate"].is_null());
  CHECK_FALSE(j.contains("send_lag_ms"));
}

TEST_CASE("a run in which nothing happened divides by nothing") {
  const auto j = nlohmann::json::parse(to_json({}, run_result{}));
  CHECK(j["ramp"]["per_second"] == 0);
  CHECK_FALSE(j.contains("window"));
  CHECK_FALSE(j.contains("server"));
  CHECK_FALSE(to_table({}, run_result{}).empty());
}

TEST_CASE("a run is good only if nothing went wrong") {
  CHECK(good_run().good());
  auto r = good_run();
  SECTION("lost") {
    r.check.lost = 1;
  }
  SECTION("doubled") {
    r.check.doubled = 1;
  }
  SECTION("reordered") {
    r.check.reordered = 1;
  }
  SECTION("order differs") {
    r.check.differs = 1;
  }
  SECTION("unknown") {
    r.check.unknown = 1;
  }
  SECTION("refused events") {
    r.refused = 1;
  }
  SECTION("stalled") {
    r.stalled = 1;
  }
  SECTION("connections refused") {
    r.connections.refused = 1;
  }
  SECTION("connections timed out") {
    r.connections.timed_out = 1;
  }
  SECTION("connections rejected") {
    r.connections.rejected = 1;
  }
  SECTION("connections failed") {
    r.connections.failed = 1;
  }
  SECTION("connections lost") {
    r.connections.lost = 1;
  }
  SECTION("messages that could not be sent") {
    r.window->skipped = 1;
  }
  SECTION("a storm that some did not survive") {
    r.storms.emplace_back();
  }
  CHECK_FALSE(r.good());
  CHECK(nlohmann::json::parse(to_json({}, r))["good"] == false);
}

TEST_CASE("the table says what matters in words") {
  options o;
  o.connections = 100;
  auto r = good_run();
  r.check.lost = 1234567;
  const auto text = to_table(o, r);
  for (const char* part :
       {"100 of 100 live", "2,000,000 (200,000/s)", "lost 1,234,567", "4.00 s per million deliveries",
        "7.0 KB per connection", "20.0 % of a core"})
    CHECK(text.find(part) != std::string::npos);
}
