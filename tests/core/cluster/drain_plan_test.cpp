#include "core/cluster/drain_plan.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::cluster;
using namespace std::chrono_literals;

namespace {

/// A node that loses the clients that it is told to move.
struct drained {
  drain_plan plan;
  drain_sight has;
  time_point now{1'000s};

  std::size_t pass(duration d) {
    now += d;
    const auto n = plan.step(has, now);
    has.clients -= n;
    return n;
  }
  /// Steps of 100 ms until it is done; how long that took, and the largest batch.
  std::pair<duration, std::size_t> to_the_end() {
    duration took{0};
    std::size_t largest = 0;
    while (plan.status().phase != drain_phase::done && took < 60s) {
      largest = std::max(largest, pass(100ms));
      took += 100ms;
    }
    return {took, largest};
  }
};

} // namespace

TEST_CASE("slots go first, then clients at their pace") {
  drained d;
  d.has = {300, 2, 400};
  d.plan.begin({200, 10s}, true, d.now);
  CHECK(d.plan.status().phase == drain_phase::slots);
  CHECK(d.pass(100ms) == 0);
  CHECK_FALSE(d.plan.turns_away());
  d.has.slots = 0;
  CHECK(d.pass(100ms) == 1);
  CHECK(d.plan.status().phase == drain_phase::clients);
  CHECK(d.plan.turns_away());
  CHECK(d.plan.status().clients_per_second == 200);
  CHECK(d.pass(100ms) == 20);
  CHECK(d.pass(5ms) == 1);
  const auto [took, largest] = d.to_the_end();
  CHECK(took >= 1'800ms);
  CHECK(took <= 2'200ms);
  CHECK(largest <= 21);
  CHECK(d.has.clients == 0);
  CHECK(d.plan.status().moved == 400);
  CHECK(d.plan.turns_away());
}

TEST_CASE("the pace is raised so that clients are gone in time") {
  drained d;
  d.has = {0, 1, 10'000};
  d.plan.begin({200, 5s}, true, d.now);
  const auto [took, largest] = d.to_the_end();
  CHECK(took <= 5s);
  CHECK(took >= 4s);
  CHECK(largest <= 600);
}

TEST_CASE("no pace: all at once") {
  drained d;
  d.has = {0, 1, 10'000};
  d.plan.begin({0, 5s}, true, d.now);
  CHECK(d.pass(1ms) == 10'000);
}

TEST_CASE("a process that stood still does not send everybody away together") {
  drained d;
  d.has = {0, 1, 1'000};
  d.plan.begin({100, 60s}, true, d.now);
  d.pass(10ms);
  CHECK(d.pass(5s) == 50);
}

TEST_CASE("without anybody to take them clients stay, however long it takes") {
  drained d;
  d.has = {1'024, 0, 10};
  d.plan.begin({100, 1s}, true, d.now);
  CHECK(d.pass(30s) == 0);
  CHECK_FALSE(d.plan.turns_away());
  CHECK(d.plan.status().phase == drain_phase::slots);
  d.has.takers = 1; // the time counts from here
  CHECK(d.pass(100ms) == 0);
  CHECK(d.plan.status().phase == drain_phase::slots);
  d.has.slots = 0;
  CHECK(d.pass(100ms) == 1);
  d.has.takers = 0;
  CHECK(d.pass(100ms) == 0);
  CHECK_FALSE(d.plan.turns_away());
}

TEST_CASE("slots that do not go hold clients up for half the time only") {
  drained d;
  d.has = {7, 1, 100};
  d.plan.begin({1'000, 2s}, true, d.now);
  CHECK(d.pass(100ms) == 0);
  CHECK(d.pass(900ms) == 0);
  CHECK(d.pass(200ms) == 1);
  CHECK(d.to_the_end().first == 60s);
  CHECK(d.has.clients == 0);
  CHECK(d.plan.status().phase == drain_phase::clients); // slots are left: it is not done
}

TEST_CASE("clients may be kept") {
  drained d;
  d.has = {7, 1, 100};
  d.plan.begin({1'000, 2s}, false, d.now);
  CHECK(d.pass(5s) == 0);
  d.has.slots = 0;
  CHECK(d.pass(1ms) == 0);
  CHECK(d.plan.status().phase == drain_phase::done);
  CHECK_FALSE(d.plan.turns_away());
  SECTION("and follow later, when the node is told to end") {
    d.plan.begin({1'000, 10s}, true, d.now);
    CHECK(d.pass(1ms) == 1);
    CHECK(d.plan.turns_away());
    CHECK(d.plan.status().begun == 1);
  }
}

TEST_CASE("a drain that is taken back moves nobody more, and the next one begins anew") {
  drained d;
  d.has = {0, 1, 100};
  d.plan.begin({100, 10s}, true, d.now);
  CHECK(d.pass(100ms) > 0);
  d.plan.cancel();
  CHECK_FALSE(d.plan.under_way());
  CHECK_FALSE(d.plan.turns_away());
  CHECK(d.pass(1s) == 0);
  d.plan.cancel();
  CHECK(d.plan.status().cancelled == 1);
  const auto moved = d.plan.status().moved_ever;
  d.plan.begin({100, 10s}, true, d.now);
  CHECK(d.plan.status().moved == 0);
  d.to_the_end();
  CHECK(d.plan.status().moved_ever == 100);
  CHECK(moved < 100);
  CHECK(d.plan.status().begun == 2);
}

TEST_CASE("what comes back to a drained node is given away again") {
  drained d;
  d.has = {0, 1, 0};
  d.plan.begin({100, 10s}, true, d.now);
  d.pass(1ms);
  CHECK(d.plan.status().phase == drain_phase::done);
  d.has.slots = 3;
  d.pass(1ms);
  CHECK(d.plan.status().phase == drain_phase::slots);
  d.has = {0, 1, 2};
  d.pass(1ms);
  CHECK(d.plan.status().phase == drain_phase::clients);
}
