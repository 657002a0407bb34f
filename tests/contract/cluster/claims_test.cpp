// What ports/registry.hpp promises of slots and their epochs.

#include "support/nodes.hpp"
#include "support/worlds.hpp"

#include <set>
#include <thread>

namespace cluster_tests {

TEMPLATE_LIST_TEST_CASE("a slot is taken from the expected holder or not at all", "", worlds) {
  TestType world;
  auto r = world.registry();
  auto a = node("a", 10), b = node("b", 20);
  CHECK(view(*r).slots[5] == ports::slot_record{});

  auto first = claim_one(*r, a, 5, {}, 1'700'000'000'000);
  CHECK(first.granted);
  CHECK(first.now == ports::slot_record{"a", 10, 1'700'000'000'000});
  CHECK(view(*r).slots[5] == first.now);

  for (const auto& wrong : std::vector<ports::slot_record>{
         {}, {"a", 10, 1}, {"a", 11, first.now.epoch}, {"b", 10, first.now.epoch}, {"", 0, first.now.epoch}}) {
    auto refused = claim_one(*r, b, 5, wrong, 1);
    CHECK(!refused.granted);
    CHECK(refused.now == first.now);
  }
  auto second = claim_one(*r, b, 5, first.now);
  CHECK(second.granted);
  CHECK(second.now == ports::slot_record{"b", 20, first.now.epoch + 1});
}

TEMPLATE_LIST_TEST_CASE("epochs of a slot only grow", "", worlds) {
  TestType world;
  auto r = world.registry();
  auto me = node("a", 10);
  ports::slot_record held;
  std::uint64_t before = 0;
  for (std::uint64_t at_least : {5ULL, 0ULL, 6ULL, 2ULL, 100ULL, 99ULL, 4'000'000'000'000'000ULL, 1ULL}) {
    auto g = claim_one(*r, me, 63, held, at_least);
    REQUIRE(g.granted);
    CHECK(g.now.epoch == std::max(before + 1, at_least));
    before = g.now.epoch;
    held = g.now;
  }
}

TEMPLATE_LIST_TEST_CASE("claims are answered in their order, each by itself", "", worlds) {
  TestType world;
  auto r = world.registry();
  auto a = node("a", 10), b = node("b", 20);
  REQUIRE(claim_one(*r, a, 2, {}, 7).granted);
  auto grants = claim(*r, b, {{3, {}, 0}, {2, {}, 0}, {1, {}, 9}, {3, {}, 0}, {3, {"b", 20, 1}, 0}});
  REQUIRE(grants);
  REQUIRE(grants->size() == 5);
  CHECK((*grants)[0].now == ports::slot_record{"b", 20, 1});
  CHECK((*grants)[1].slot == 2);
  CHECK(!(*grants)[1].granted);
  CHECK((*grants)[1].now == ports::slot_record{"a", 10, 7});
  CHECK((*grants)[2].now == ports::slot_record{"b", 20, 9});
  CHECK(!(*grants)[3].granted);
  CHECK((*grants)[4].granted);
  CHECK((*grants)[4].now.epoch == 2);
  CHECK(claim(*r, b, {})->empty());
}

TEMPLATE_LIST_TEST_CASE("the version of the slots grows with every change, and only then", "", worlds) {
  TestType world;
  auto r = world.registry();
  auto a = node("a", 10);
  auto before = renew(*r, a)->slots_version;
  auto held = claim_one(*r, a, 1, {}).now;
  auto after = renew(*r, a)->slots_version;
  CHECK(after > before);
  CHECK(view(*r).slots_version == after);
  CHECK(!claim_one(*r, a, 1, {}).granted);
  CHECK(renew(*r, a)->slots_version == after);
  REQUIRE(claim_one(*r, a, 1, held).granted);
  CHECK(renew(*r, a)->slots_version > after);
}

TEMPLATE_LIST_TEST_CASE("1,024 slots are claimed in one call", "", worlds) {
  TestType world;
  auto r = world.registry(1'024);
  auto a = node("a", 10), b = node("b", 20);
  REQUIRE(renew(*r, a));
  std::vector<ports::slot_claim> all;
  for (std::uint16_t i = 0; i < 1'024; ++i)
    all.push_back({i, {}, 1'700'000'000'000u + i});
  auto grants = claim(*r, a, all);
  REQUIRE(grants);
  REQUIRE(grants->size() == 1'024);
  auto seen = view(*r);
  REQUIRE(seen.slots.size() == 1'024);
  for (std::uint16_t i = 0; i < 1'024; ++i) {
    REQUIRE((*grants)[i].slot == i);
    REQUIRE((*grants)[i].granted);
    REQUIRE(seen.slots[i] == ports::slot_record{"a", 10, 1'700'000'000'000u + i});
    all[i].expected = seen.slots[i];
  }
  grants = claim(*r, b, all);
  REQUIRE(grants);
  for (const auto& g : *grants)
    REQUIRE((g.granted && g.now.node == "b"));
}

TEMPLATE_LIST_TEST_CASE("of two contenders one wins each slot, whoever asks first", "", worlds) {
  TestType world;
  constexpr std::uint16_t slots = 64;
  auto ra = world.registry(slots), rb = world.registry(slots);
  for (int round = 0; round < 20; ++round) {
    auto held = view(*ra).slots;
    auto contend = [&](ports::registry& r, const std::string& id) {
      pending<std::vector<ports::slot_grant>> answer;
      std::vector<ports::slot_claim> claims;
      for (std::uint16_t i = 0; i < slots; ++i)
        claims.push_back({i, held[i], 0});
      r.claim(node(id, 1), claims, answer.done());
      return answer;
    };
    std::optional<pending<std::vector<ports::slot_grant>>> of_a, of_b;
    std::thread other([&] { of_b = contend(*rb, "b"); });
    of_a = contend(*ra, "a");
    other.join();
    auto a = of_a->wait(), b = of_b->wait();
    REQUIRE(a);
    REQUIRE(b);
    auto now = view(*ra).slots;
    for (std::uint16_t i = 0; i < slots; ++i) {
      REQUIRE((*a)[i].granted != (*b)[i].granted);
      REQUIRE(now[i].epoch == held[i].epoch + 1);
      REQUIRE(now[i].node == ((*a)[i].granted ? "a" : "b"));
    }
  }
}

TEMPLATE_LIST_TEST_CASE("calls of one object are carried out, and answered, in their order", "", worlds) {
  TestType world;
  auto r = world.registry();
  auto a = node("a", 10);
  std::mutex lock;
  std::vector<int> answered;
  constexpr int calls = 300;
  pending<bool> last;
  ports::slot_record expected;
  for (int i = 0; i < calls; ++i) {
    // Granted only if the one before it was carried out before it.
    r->claim(a, {{9, expected, 0}}, [&, i](auto grants) {
      std::lock_guard hold(lock);
      if (grants && (*grants)[0].granted)
        answered.push_back(i);
    });
    expected = {"a", 10, expected.epoch + 1};
  }
  r->remove("nobody", 1, last.done());
  REQUIRE(last.wait());
  std::lock_guard hold(lock);
  REQUIRE(answered.size() == calls);
  CHECK(std::is_sorted(answered.begin(), answered.end()));
}

} // namespace cluster_tests
