#include "actors/late_appends.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::actors::late_appends;

TEST_CASE("appends that are answered in time are not late") {
  late_appends all;
  const auto one = all.begin(1'000);
  const auto two = all.begin(1'100);
  CHECK_FALSE(all.since(1'300));
  all.end(one, true, 1'200);
  all.end(two, true, 1'250);
  CHECK_FALSE(all.since(99'000));
}

TEST_CASE("what waits for an answer is late since it was asked for") {
  late_appends all;
  const auto one = all.begin(1'000);
  all.begin(1'100);
  CHECK(all.since(1'301) == 1'000);
  all.end(one, true, 2'000);
  CHECK(all.since(2'000) == 1'000); // its messages are on their way to their members
  CHECK(all.since(2'000 + late_appends::linger) == 1'100);
}

TEST_CASE("what failed stays late while it is tried again") {
  late_appends all;
  for (auto now = 1'000; now < 60'000; now += 250)
    all.end(all.begin(now), false, now + 10);
  CHECK(all.since(60'000) == 1'000);
  all.end(all.begin(60'000), true, 60'001);
  CHECK(all.since(60'000 + late_appends::linger / 2) == 1'000);
  CHECK_FALSE(all.since(60'000 + late_appends::linger));
  all.end(all.begin(70'000), false, 70'001);
  CHECK(all.since(70'002) == 70'000);
}
