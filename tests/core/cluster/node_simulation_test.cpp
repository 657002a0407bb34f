#include "core/cluster/sim/scenario.hpp"

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::sim;
using namespace std::chrono_literals;

namespace {

#ifdef NDEBUG
constexpr int runs = 1'500;
#else
constexpr int runs = 300;
#endif

scenario_options few_slots() {
  scenario_options o;
  o.world.node.slots = 24;
  return o;
}

std::string text(const std::vector<std::string>& lines) {
  std::string all;
  for (auto& line : lines)
    all += "\n  " + line;
  return all;
}

/// TROUPE_SEED plays one run alone.
std::uint64_t first_seed() {
  const char* s = std::getenv("TROUPE_SEED");
  return s ? std::strtoull(s, nullptr, 10) : 1;
}

} // namespace

TEST_CASE("whatever breaks, a slot has one home per epoch, and in the end one that is open and known to all") {
  std::uint64_t claims = 0, allowed = 0;
  const char* many = std::getenv("TROUPE_RUNS");
  const std::uint64_t first = first_seed();
  const std::uint64_t last = first + (std::getenv("TROUPE_SEED") ? 1 : many ? std::strtoull(many, nullptr, 10) : runs);
  int failed = 0;
  for (auto seed = first; seed < last && failed < 5; ++seed) {
    const auto r = play(few_slots(), seed);
    claims += r.claims;
    allowed += r.moves_allowed;
    if (r.problems.empty())
      continue;
    ++failed;
    UNSCOPED_INFO("seed " << seed << text(r.story) << "\n problems:" << text(r.problems));
  }
  CHECK(failed == 0);
  std::printf("node simulation: %llu runs, %.0f %% of the claims that would be a storm\n",
              static_cast<unsigned long long>(last - first), 100.0 * static_cast<double>(claims) / static_cast<double>(allowed));
}

namespace {

/// Of so many runs, how many does the checker find fault with?
int found(const scenario_options& o, int of) {
  int n = 0;
  for (std::uint64_t seed = 1; seed <= static_cast<std::uint64_t>(of); ++seed)
    n += !play(o, seed).problems.empty();
  return n;
}

} // namespace

TEST_CASE("the checker of the simulation finds mistakes") {
  auto o = few_slots();
  SECTION("claims without a comparison") {
    o.world.node.takeover_step = 0ms; // several claim at once
    CHECK(found(o, 60) == 0);
    o.bugs.no_compare = true;
    CHECK(found(o, 60) > 5);
  }
  SECTION("epochs that are not the node's own") {
    o.world.node.takeover_step = 0ms;
    o.world.number_step = 1'024;
    o.bugs.no_compare = true;
    CHECK(found(o, 60) > 5);
  }
  SECTION("a home that begins before everybody has turned to it") {
    o.world.node.open_timeout = 0ms;
    CHECK(found(o, 60) > 30);
  }
}
