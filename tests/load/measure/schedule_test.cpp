#include "load/measure/schedule.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::load;

TEST_CASE("a steady schedule does not drift and does not forgive") {
  steady_schedule s;
  s.start(1'000'000, 3); // a third of a second does not fit into nanoseconds
  CHECK(s.take() == 1'000'000);
  CHECK(s.take() == 1'000'000 + 333'333'333);
  CHECK(s.take() == 1'000'000 + 666'666'666);
  for (int i = 3; i < 3'000'000; ++i)
    s.take();
  CHECK(s.next() == 1'000'000 + 1'000'000'000'000'000); // a million seconds later, to the nanosecond
}

TEST_CASE("a random schedule keeps the rate on average and repeats with its seed") {
  random_schedule a{1}, b{1}, c{2};
  for (auto* s : {&a, &b, &c})
    s->start(0, 1000);
  std::int64_t last = 0, shortest = INT64_MAX, longest = 0;
  bool differs = false;
  for (int i = 0; i < 100'000; ++i) {
    const auto due = a.take();
    CHECK(due == b.take());
    differs |= due != c.take();
    shortest = std::min(shortest, due - last);
    longest = std::max(longest, due - last);
    last = due;
  }
  CHECK(differs);
  CHECK(last > 98'000'000'000);
  CHECK(last < 102'000'000'000);
  CHECK(shortest < 10'000); // not evenly
  CHECK(longest > 5'000'000);
}

TEST_CASE("a random schedule of rate 0 never comes") {
  random_schedule s{1};
  s.start(5, 0);
  CHECK(s.next() == INT64_MAX);
}
