#include "core/cluster/sim/scenario.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::sim;
using namespace std::chrono_literals;

namespace {

#ifdef NDEBUG
constexpr int runs = 1'000;
#else
constexpr int runs = 200;
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

namespace {

struct spread {
  std::vector<duration> all;
  duration median() {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
  }
  duration most() { return *std::max_element(all.begin(), all.end()); }
};

/// Runs in small steps until it is so, for at most 20 s. How long it took.
template<class F>
duration until(world& w, F f) {
  const auto from = w.now();
  while (!f() && w.now() - from < 20s)
    w.run(5ms);
  return std::chrono::duration_cast<duration>(w.now() - from);
}

bool all_open(const world& w, std::uint16_t slots) {
  std::size_t open = 0;
  for (std::size_t n = 0; n < w.size(); ++n)
    for (std::uint16_t slot = 0; slot < slots && w.running(n); ++slot)
      open += w.machine(n).home_of(slot).open;
  // Who was paused may still think that it has some.
  return open >= slots;
}

/// A cluster of so many nodes, started within a moment, at rest.
std::unique_ptr<world> cluster_of(std::size_t nodes, std::uint64_t seed) {
  auto w = std::make_unique<world>(world_options{}, seed);
  for (std::size_t n = 0; n < nodes; ++n) {
    w->start_node();
    w->run(duration{static_cast<int>(w->pick(60))});
  }
  return w;
}

} // namespace

TEST_CASE("slots of a killed node are open elsewhere at once") {
  spread from_kill, from_refusal;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto w = cluster_of(3, seed);
    w->run(5s + duration{static_cast<int>(w->pick(1'000))});
    REQUIRE(all_open(*w, slot_count));
    std::optional<time_point> refused;
    w->watch = [&](std::size_t, const node_effect& e) {
      if (auto* n = std::get_if<note>(&e); n && n->event == "peer-dead" && !refused)
        refused = w->now();
    };
    const auto killed = w->now();
    w->crash(w->pick(3));
    from_kill.all.push_back(until(*w, [&] { return all_open(*w, slot_count); }));
    REQUIRE(refused);
    from_refusal.all.push_back(from_kill.all.back() - std::chrono::duration_cast<duration>(*refused - killed));
    CHECK(w->checker.problems.empty());
  }
  std::printf("kill: open after %lld ms (most %lld), %lld ms after the refusal (most %lld)\n",
              static_cast<long long>(from_kill.median().count()), static_cast<long long>(from_kill.most().count()),
              static_cast<long long>(from_refusal.median().count()), static_cast<long long>(from_refusal.most().count()));
  CHECK(from_refusal.most() <= 200ms);
}

TEST_CASE("slots of a node that stands still are open elsewhere within two seconds, and it finds its way back") {
  spread s;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto w = cluster_of(3, seed);
    w->run(5s + duration{static_cast<int>(w->pick(1'000))});
    const auto victim = w->pick(3);
    w->pause(victim);
    s.all.push_back(until(*w, [&] { return all_open(*w, slot_count); }));
    w->run(duration{static_cast<int>(w->pick(9'000))});
    w->wake(victim);
    w->run(8s);
    w->checker.at_rest(*w, slot_count, 1s);
    INFO("seed " << seed << text(w->checker.problems));
    CHECK(w->checker.problems.empty());
  }
  std::printf("pause: open after %lld ms (most %lld)\n", static_cast<long long>(s.median().count()),
              static_cast<long long>(s.most().count()));
  CHECK(s.most() < 2s);
}

TEST_CASE("eight nodes form a cluster, move little while they do, and survive four of them") {
  spread formed, survived;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto w = cluster_of(8, seed);
    formed.all.push_back(until(*w, [&] { return all_open(*w, slot_count); }));
    w->run(5s);
    w->checker.at_rest(*w, slot_count, 1s);
    CHECK(w->store.granted < slot_count * 5 / 2);
    for (std::size_t n = 0; n < 8; n += 2)
      w->crash(n);
    survived.all.push_back(until(*w, [&] { return all_open(*w, slot_count); }));
    w->run(6s);
    w->checker.at_rest(*w, slot_count, 1s);
    INFO("seed " << seed << text(w->checker.problems));
    CHECK(w->checker.problems.empty());
  }
  std::printf("eight nodes: open %lld ms after the last start, %lld ms after four were killed (most)\n",
              static_cast<long long>(formed.most().count()), static_cast<long long>(survived.most().count()));
  CHECK(formed.most() < 3s);
  CHECK(survived.most() < 1s);
}

TEST_CASE("a node that drains gives everything away while it lives") {
  auto w = cluster_of(4, 1);
  w->run(5s);
  w->drain(2, true);
  const auto took = until(*w, [&] { return w->machine(2).slots_owned() == 0 && all_open(*w, slot_count); });
  CHECK(took < 2s);
  w->leave(2);
  w->run(6s);
  w->checker.at_rest(*w, slot_count, 1s);
  INFO(text(w->checker.problems));
  CHECK(w->checker.problems.empty());
  std::printf("drain: 1/4 of the slots given away after %lld ms\n", static_cast<long long>(took.count()));
}

TEST_CASE("nodes at rest cost little") {
  for (std::size_t nodes : {2u, 4u, 8u}) {
    auto w = cluster_of(nodes, 1);
    w->run(6s);
    const auto messages = w->messages, reads = w->store.reads;
    w->run(20s);
    std::printf("%zu nodes at rest: %.1f messages and %.2f looks into the registry per node and second\n", nodes,
                static_cast<double>(w->messages - messages) / 20.0 / static_cast<double>(nodes),
                static_cast<double>(w->store.reads - reads) / 20.0 / static_cast<double>(nodes));
    CHECK(w->messages - messages <= 20 * 4 * nodes * (nodes - 1) + 100);
    CHECK(w->store.reads - reads <= 5 * nodes);
  }
}
