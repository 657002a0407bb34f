#include "core/engineio/heartbeat.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::engineio;
using namespace std::chrono_literals;
using verdict = heartbeat::verdict;

namespace {
const time_point t0{};
}

TEST_CASE("a session that never answers is dead at exactly interval plus timeout") {
  heartbeat h(300ms, 200ms, t0);
  CHECK(h.on_time(t0 + 299ms) == verdict::nothing);
  CHECK(h.on_time(t0 + 308ms) == verdict::send_ping); // a late tick takes nothing from the client's time, and adds nothing
  CHECK(h.on_time(t0 + 499ms) == verdict::nothing);
  CHECK(h.on_time(t0 + 500ms) == verdict::dead);
}

TEST_CASE("a session that nobody looked at in time is dead without a ping") {
  heartbeat h(300ms, 200ms, t0);
  CHECK(h.on_time(t0 + 500ms) == verdict::dead);
}

TEST_CASE("the next ping is counted from the pong") {
  heartbeat h(300ms, 200ms, t0);
  CHECK(h.on_time(t0 + 300ms) == verdict::send_ping);
  h.on_pong(t0 + 450ms);
  CHECK(h.on_time(t0 + 700ms) == verdict::nothing);
  CHECK(h.on_time(t0 + 750ms) == verdict::send_ping);
}

TEST_CASE("another packet restarts the wait for a pong once per ping") {
  heartbeat h(300ms, 200ms, t0);
  CHECK(h.on_time(t0 + 300ms) == verdict::send_ping);
  h.on_other_packet(t0 + 490ms);
  CHECK(h.on_time(t0 + 600ms) == verdict::nothing);
  h.on_other_packet(t0 + 680ms);
  CHECK(h.on_time(t0 + 690ms) == verdict::dead);
}

TEST_CASE("traffic does not replace pings") {
  heartbeat h(300ms, 200ms, t0);
  for (auto t = 10ms; t < 300ms; t += 10ms)
    h.on_other_packet(t0 + t);
  CHECK(h.on_time(t0 + 300ms) == verdict::send_ping);
}
