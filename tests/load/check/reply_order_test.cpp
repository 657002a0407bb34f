#include "load/check/reply_order.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::load::reply_order;

TEST_CASE("replies in order count once each") {
  reply_order order;
  for (std::uint32_t i = 0; i < 5; ++i)
    CHECK(order.send(100 + i) == i);
  CHECK(order.open() == 5);
  for (std::uint32_t i = 0; i < 5; ++i) {
    const auto r = order.receive(i);
    CHECK(r.counts);
    CHECK_FALSE(r.overtook);
    CHECK(r.due_ns == 100 + i);
  }
  CHECK(order.open() == 0);
  CHECK(order.sent() == 5);
}

TEST_CASE("a reply that overtakes another is seen, and both count") {
  reply_order order;
  order.send(1);
  order.send(2);
  CHECK(order.receive(1).overtook);
  const auto late = order.receive(0);
  CHECK(late.counts);
  CHECK_FALSE(late.overtook);
  CHECK(order.open() == 0);
}

TEST_CASE("second replies, and replies to nothing, do not count") {
  reply_order order;
  order.send(1);
  order.send(2);
  order.send(3);
  CHECK(order.receive(1).counts);
  CHECK_FALSE(order.receive(1).counts); // while an earlier one is open
  CHECK(order.receive(1).known);
  CHECK(order.receive(0).counts);
  CHECK(order.receive(0).known); // after everything before it was answered
  CHECK_FALSE(order.receive(0).counts);
  CHECK_FALSE(order.receive(3).known);
  CHECK(order.open() == 1);
}
