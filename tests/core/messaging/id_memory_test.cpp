#include "core/messaging/id_memory.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {
const time_point start{};
}

TEST_CASE("an id is known until it is too old") {
  messaging::id_memory<int> m(10, duration(1'000));
  m.remember("a", 1, start);
  REQUIRE(m.find("a", start + 999ms));
  CHECK(*m.find("a", start + 999ms) == 1);
  CHECK_FALSE(m.find("a", start + 1'000ms));
  CHECK(m.size() == 0);
}

TEST_CASE("the oldest id gives way to a new one") {
  messaging::id_memory<int> m(2, duration(1'000));
  m.remember("a", 1, start);
  m.remember("b", 2, start);
  m.remember("c", 3, start);
  CHECK_FALSE(m.find("a", start));
  CHECK(*m.find("b", start) == 2);
  CHECK(*m.find("c", start) == 3);
  CHECK(m.size() == 2);
}

TEST_CASE("a memory of no ids knows none") {
  messaging::id_memory<int> m(0, duration(1'000));
  m.remember("a", 1, start);
  CHECK_FALSE(m.find("a", start));
}

TEST_CASE("ids of different users differ, however they are cut") {
  CHECK(messaging::id_of_user("a", "bc") != messaging::id_of_user("ab", "c"));
}
