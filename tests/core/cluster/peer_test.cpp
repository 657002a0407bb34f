#include "core/cluster/peer.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>

using namespace troupe;
using namespace troupe::cluster;
using namespace std::chrono_literals;

namespace {

const time_point t0{1'000s};

} // namespace

TEST_CASE("what a look into the registry says of a peer's life") {
  // Lease 5 s, heartbeat 1 s: with less than 3.7 s left a renewal was missed. All peers are known since t0 - 10 s.
  struct example {
    std::string name;
    bool linked;
    peer_life life;
    std::optional<duration> lost_after;  ///< from t0
    std::optional<duration> lease_left;
    duration asked_after;
    bool trusted;
    sight_verdict verdict;
  };
  const example table[] = {
    {"a link speaks for it", true, peer_life::alive, {}, {}, 1s, true, sight_verdict::nothing},
    {"never linked, its lease lives", false, peer_life::alive, {}, 200ms, 1s, true, sight_verdict::nothing},
    {"never linked, its lease is over", false, peer_life::alive, {}, {}, 1s, true, sight_verdict::gone},
    {"the registry has just come back", false, peer_life::alive, {}, {}, 1s, false, sight_verdict::nothing},
    {"not there, but asked before the link went", false, peer_life::suspected, 1s, {}, 900ms, true, sight_verdict::nothing},
    {"lost and not there", false, peer_life::suspected, 1s, {}, 1'100ms, true, sight_verdict::gone},
    {"renewed just before it was lost", false, peer_life::suspected, 1s, 4'500ms, 1'400ms, true, sight_verdict::nothing},
    {"missed a renewal", false, peer_life::suspected, 1s, 3'600ms, 2'200ms, true, sight_verdict::dead},
    {"missed one, but leases say nothing now", false, peer_life::suspected, 1s, 3'600ms, 2'200ms, false, sight_verdict::nothing},
    {"asked before the link went", false, peer_life::suspected, 1s, 3'600ms, 900ms, true, sight_verdict::nothing},
    {"renewed after it was lost", false, peer_life::suspected, 1s, 4'900ms, 2'000ms, true, sight_verdict::lives},
    {"a renewal that was on its way when it was lost", false, peer_life::suspected, 1s, 4'900ms, 1'150ms, true, sight_verdict::nothing},
    {"dead, and its lease runs out", false, peer_life::dead, 1s, 2s, 3s, true, sight_verdict::nothing},
    {"declared dead, and it renews", false, peer_life::dead, 1s, 5s, 3s, true, sight_verdict::lives},
    {"unlinked but alive misses a renewal", false, peer_life::alive, 1s, 3'500ms, 9s, true, sight_verdict::dead},
  };
  for (auto& e : table) {
    INFO(e.name);
    peer p;
    p.since = t0 - 10s;
    p.linked = e.linked;
    p.life = e.life;
    if (e.lost_after)
      p.lost_at = t0 + *e.lost_after;
    CHECK(judge(p, {e.lease_left, t0 + e.asked_after, e.trusted}, {}) == e.verdict);
  }
}

TEST_CASE("a look that was sent off before a peer was known says nothing of it") {
  peer p;
  p.since = t0;
  CHECK(judge(p, {std::nullopt, t0 - 1ms, true}, {}) == sight_verdict::nothing);
  CHECK(judge(p, {std::nullopt, t0 + 1ms, true}, {}) == sight_verdict::gone);
}

TEST_CASE("a take that comes over the link and the bus is one") {
  peer p;
  CHECK(p.first_time(7));
  CHECK_FALSE(p.first_time(7));
  CHECK(p.first_time(8));
  CHECK_FALSE(p.first_time(7));
  for (std::uint64_t n = 100; n < 10'000; ++n)
    CHECK(p.first_time(n));
  CHECK(p.takes.size() <= 64);
}
