#include "core/time/timer_wheel.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <vector>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

const time_point start{};

struct probe : timer_node {
  std::vector<time_point> fired;
  std::function<void(time_point)> then;
  void on_deadline(time_point now) override {
    fired.push_back(now);
    if (then)
      then(now);
  }
};

} // namespace

TEST_CASE("a timer fires once, not before its deadline and at most a tick after it") {
  timer_wheel wheel(start);
  probe p;
  wheel.schedule(p, start + 500ms);
  wheel.advance(start + 499ms);
  CHECK(p.fired.empty());
  wheel.advance(start + 510ms);
  CHECK(p.fired.size() == 1);
  wheel.advance(start + 10s);
  CHECK(p.fired.size() == 1);
}

TEST_CASE("deadlines beyond a turn of the wheel keep their time") {
  timer_wheel wheel(start);
  probe p;
  wheel.schedule(p, start + 25s); // a turn is 10.24 s
  for (auto t = 0ms; t < 25s; t += 10ms)
    wheel.advance(start + t);
  CHECK(p.fired.empty());
  wheel.advance(start + 25'010ms);
  CHECK(p.fired.size() == 1);
}

TEST_CASE("a deadline in the past fires at the next tick") {
  timer_wheel wheel(start);
  wheel.advance(start + 5s);
  probe p;
  wheel.schedule(p, start + 1s);
  wheel.advance(start + 5'010ms);
  CHECK(p.fired.size() == 1);
}

TEST_CASE("a timer may schedule itself, unlink others and die while timers fire") {
  timer_wheel wheel(start);
  probe again;
  auto other = std::make_unique<probe>();
  again.then = [&](time_point now) {
    other.reset();
    if (again.fired.size() < 3)
      wheel.schedule(again, now + 20ms);
  };
  wheel.schedule(again, start + 20ms);
  wheel.schedule(*other, start + 20ms);
  for (auto t = 0ms; t <= 200ms; t += 10ms)
    wheel.advance(start + t);
  CHECK(again.fired.size() == 3);
}

TEST_CASE("many random timers all fire within a tick, however unevenly time moves") {
  std::mt19937 random(7);
  timer_wheel wheel(start);
  std::vector<std::unique_ptr<probe>> all;
  for (int i = 0; i < 2000; ++i) {
    all.push_back(std::make_unique<probe>());
    wheel.schedule(*all.back(), start + std::chrono::milliseconds(random() % 30'000));
  }
  auto now = start, before = start;
  while (now < start + 31s) {
    before = now;
    now += std::chrono::milliseconds(1 + random() % 300);
    wheel.advance(now);
    for (auto& p : all)
      if (!p->fired.empty() && p->fired.back() == now) {
        REQUIRE(p->deadline() <= now);
        REQUIRE(p->deadline() + timer_wheel::tick > before - timer_wheel::tick);
      }
  }
  for (auto& p : all)
    REQUIRE(p->fired.size() == 1);
}

TEST_CASE("the wheel says until when nothing happens") {
  timer_wheel wheel(start);
  CHECK(!wheel.next());
  probe near, far;
  wheel.schedule(far, start + 25s); // two turns later: its slot is asked for early, never late
  REQUIRE(wheel.next());
  CHECK(*wheel.next() <= start + 25s);
  wheel.schedule(near, start + 3s);
  CHECK(*wheel.next() == start + 3s);
  wheel.advance(start + 3s);
  CHECK(near.fired.size() == 1);
  for (auto next = wheel.next(); next; next = wheel.next())
    wheel.advance(*next);
  CHECK(far.fired == std::vector{start + 25s});
}

TEST_CASE("whoever sleeps until the wheel's next deadline misses nothing") {
  std::mt19937 random(11);
  timer_wheel wheel(start);
  std::vector<std::unique_ptr<probe>> all;
  for (int i = 0; i < 500; ++i) {
    all.push_back(std::make_unique<probe>());
    wheel.schedule(*all.back(), start + std::chrono::milliseconds(random() % 60'000));
  }
  int sleeps = 0;
  for (auto next = wheel.next(); next; next = wheel.next(), ++sleeps) {
    wheel.advance(*next);
    for (auto& p : all)
      if (!p->fired.empty())
        REQUIRE(p->fired.back() - p->deadline() <= timer_wheel::tick);
  }
  for (auto& p : all)
    CHECK(p->fired.size() == 1);
  CHECK(sleeps < 6'000);
}
