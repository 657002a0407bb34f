#include "net/admission.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>

using troupe::net::admission;

TEST_CASE("a freed place goes to who has waited longest, and newcomers wait behind") {
  admission a(1, 2);
  std::optional<admission::permit> first = a.try_enter();
  REQUIRE(*first);
  CHECK_FALSE(a.try_enter());
  std::string order;
  std::optional<admission::permit> held;
  auto take = [&](char who) { return [&, who](admission::permit p) { order += who; held = std::move(p); }; };
  CHECK(a.wait(take('a')) != 0);
  CHECK(a.wait(take('b')) != 0);
  CHECK(a.wait(take('c')) == 0); // the queue is full
  first.reset();
  CHECK(order == "a");
  CHECK_FALSE(a.try_enter());
  held.reset();
  CHECK(order == "ab");
  held.reset();
  CHECK(a.taken() == 0);
  CHECK(a.try_enter());
}

TEST_CASE("who stops waiting is not admitted") {
  admission a(1, 5);
  auto p = std::optional(a.try_enter());
  bool called = false;
  auto ticket = a.wait([&](admission::permit) { called = true; });
  CHECK(a.cancel(ticket));
  CHECK_FALSE(a.cancel(ticket));
  p.reset();
  CHECK_FALSE(called);
  CHECK(a.taken() == 0);
}
