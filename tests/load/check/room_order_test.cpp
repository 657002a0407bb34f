#include "load/check/room_order.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe::load;

namespace {

/// Members 0 and 1 publish, 2 and 3 listen; senders do not receive their own.
struct room {
  room() {
    for (std::uint32_t m = 0; m < 4; ++m)
      order.join(m, 0);
  }
  void everybody_gets(std::uint32_t publisher, std::uint32_t seq) {
    for (std::uint32_t m = 0; m < 4; ++m)
      if (m != publisher)
        order.receive(m, publisher, seq);
  }
  room_order order{4, 2, false};
};

} // namespace

TEST_CASE("a message is complete when the last of its receivers has got it") {
  room r;
  CHECK(r.order.send(0, 111) == 0);
  CHECK_FALSE(r.order.settled());
  CHECK_FALSE(r.order.receive(1, 0, 0).complete);
  CHECK_FALSE(r.order.receive(3, 0, 0).complete);
  const auto last = r.order.receive(2, 0, 0);
  CHECK(last.counts);
  CHECK(last.complete);
  CHECK(last.due_ns == 111);
  CHECK(r.order.settled());
  CHECK(r.order.finish().clean());
}

TEST_CASE("with sender_receives the sender is a receiver") {
  room_order order{2, 2, true};
  order.join(0, 0);
  order.join(1, 0);
  order.send(0, 1);
  CHECK_FALSE(order.receive(1, 0, 0).complete);
  CHECK(order.receive(0, 0, 0).complete);
  CHECK(order.finish().clean());
}

TEST_CASE("what one member never got is lost once") {
  room r;
  for (std::uint32_t seq = 0; seq < 3; ++seq) {
    r.order.send(0, 1);
    for (std::uint32_t m = 1; m < 4; ++m)
      if (seq != 1 || m != 2)
        r.order.receive(m, 0, seq);
  }
  CHECK_FALSE(r.order.settled());
  const auto c = r.order.finish();
  CHECK(c.lost == 1);
  CHECK(c.doubled + c.reordered + c.differs + c.unknown == 0);
}

TEST_CASE("the last message can be lost, too, by one and by all") {
  room r;
  r.order.send(0, 1);
  r.order.receive(1, 0, 0);
  r.order.receive(2, 0, 0);
  r.order.send(1, 1);
  CHECK(r.order.finish().lost == 1 + 3);
}

TEST_CASE("a second copy is doubled, at once and later") {
  room r;
  r.order.send(0, 1);
  r.everybody_gets(0, 0);
  CHECK_FALSE(r.order.receive(2, 0, 0).counts);
  r.order.send(1, 1);
  r.everybody_gets(1, 0);
  CHECK_FALSE(r.order.receive(3, 0, 0).counts);
  const auto c = r.order.finish();
  CHECK(c.doubled == 2);
  CHECK(c.lost + c.reordered + c.differs + c.unknown == 0);
}

TEST_CASE("two messages of one publisher in the wrong order") {
  room r;
  r.order.send(0, 1);
  r.order.send(0, 2);
  SECTION("by the first who reads") {
    CHECK(r.order.receive(2, 0, 1).counts);
    CHECK(r.order.receive(2, 0, 0).counts);
    for (std::uint32_t m : {1, 3})
      for (std::uint32_t seq : {0, 1})
        CHECK(r.order.receive(m, 0, seq).counts);
  }
  SECTION("by one who reads later") {
    for (std::uint32_t m : {1, 3})
      for (std::uint32_t seq : {0, 1})
        CHECK(r.order.receive(m, 0, seq).counts);
    CHECK(r.order.receive(2, 0, 1).counts);
    CHECK(r.order.receive(2, 0, 0).complete);
  }
  CHECK(r.order.settled());
  const auto c = r.order.finish();
  CHECK(c.reordered == 1);
  CHECK(c.lost + c.doubled + c.differs + c.unknown == 0);
}

TEST_CASE("two members see two publishers in different orders") {
  room r;
  r.order.send(0, 1);
  r.order.send(1, 1);
  r.order.receive(2, 0, 0);
  r.order.receive(2, 1, 0);
  r.order.receive(3, 1, 0);
  r.order.receive(3, 0, 0);
  r.order.receive(0, 1, 0);
  r.order.receive(1, 0, 0);
  const auto c = r.order.finish();
  CHECK(c.differs == 1);
  CHECK(c.lost + c.doubled + c.reordered + c.unknown == 0);
}

TEST_CASE("a publisher that does not get its own messages says nothing about their place") {
  room r;
  r.order.send(0, 1);
  r.order.send(1, 1);
  // 0 reads first and knows only the other's message, which came second.
  CHECK(r.order.receive(0, 1, 0).counts);
  CHECK(r.order.receive(1, 0, 0).counts);
  CHECK(r.order.receive(2, 0, 0).counts);
  CHECK(r.order.receive(2, 1, 0).counts);
  CHECK(r.order.receive(3, 0, 0).complete);
  CHECK(r.order.receive(3, 1, 0).complete);
  CHECK(r.order.finish().clean());
}

TEST_CASE("messages that nobody sent, or not to them, are unknown") {
  room r;
  r.order.send(0, 1);
  r.everybody_gets(0, 0);
  CHECK_FALSE(r.order.receive(2, 0, 1).counts);          // not sent yet
  CHECK_FALSE(r.order.receive(2, 7, 0).counts);          // no such publisher
  CHECK_FALSE(r.order.receive(2, UINT32_MAX, 0).counts); // another room's
  CHECK_FALSE(r.order.receive(0, 0, 0).counts);          // its own
  CHECK(r.order.finish().unknown == 4);
}

TEST_CASE("a broken connection completes what only it had not got") {
  room r;
  r.order.send(0, 1);
  r.order.send(0, 2);
  r.order.send(1, 3);
  for (std::uint32_t m : {1, 2})
    for (std::uint32_t seq : {0, 1})
      r.order.receive(m, 0, seq);
  r.order.receive(3, 0, 1); // the first one is missing
  std::vector<std::uint32_t> completed;
  r.order.dropped(3, completed);
  CHECK(completed == std::vector<std::uint32_t>{0});
  CHECK(r.order.live() == 3);
  r.order.receive(0, 1, 0);
  CHECK(r.order.receive(2, 1, 0).complete);
  CHECK(r.order.settled());
  CHECK(r.order.finish().clean());
}

TEST_CASE("what a broken publisher had sent may be gone") {
  room r;
  r.order.send(0, 1);
  std::vector<std::uint32_t> completed;
  r.order.dropped(0, completed);
  CHECK(completed.empty());
  CHECK(r.order.settled());
  CHECK(r.order.finish().clean());
}

TEST_CASE("who joins late must get what is sent from then on, and may get what is under way") {
  room_order order{3, 1, false};
  order.join(0, 0);
  order.join(1, 0);
  order.send(0, 10);
  order.receive(1, 0, 0);
  order.join(2, 20);
  SECTION("nothing was missed") {
    order.send(0, 30);
    order.receive(1, 0, 1);
    CHECK(order.receive(2, 0, 1).counts);
    CHECK(order.finish().clean());
  }
  SECTION("the one under way came, too") {
    CHECK(order.receive(2, 0, 0).counts);
    CHECK(order.finish().clean());
  }
  SECTION("the first one after the join did not come") {
    for (std::int64_t due : {30, 40})
      order.send(0, due);
    order.receive(1, 0, 1);
    order.receive(1, 0, 2);
    CHECK(order.receive(2, 0, 2).counts);
    CHECK(order.finish().lost == 1);
  }
  SECTION("nothing came at all") {
    order.send(0, 30);
    order.receive(1, 0, 1);
    CHECK(order.finish().lost == 1);
  }
}

TEST_CASE("who leaves must have got what others had before it asked") {
  room_order order{3, 1, false};
  for (std::uint32_t m = 0; m < 3; ++m)
    order.join(m, 0);
  for (std::int64_t due : {1, 2, 3})
    order.send(0, due);
  order.receive(1, 0, 0);
  order.receive(1, 0, 1);
  SECTION("it did not") {
    order.receive(2, 0, 0);
    order.leaving(2);
    order.left(2);
    CHECK(order.counts().lost == 1);
  }
  SECTION("it did; what came to others meanwhile does not count") {
    order.receive(2, 0, 0);
    order.leaving(2);
    order.receive(1, 0, 2);
    CHECK(order.receive(2, 0, 1).counts);
    order.left(2);
    CHECK(order.counts().clean());
  }
  SECTION("nothing may come afterwards") {
    order.receive(2, 0, 0);
    order.receive(2, 0, 1);
    order.leaving(2);
    order.left(2);
    CHECK_FALSE(order.receive(2, 0, 2).counts);
    CHECK(order.counts().unknown == 1);
  }
}

TEST_CASE("a member may be far behind") {
  room_order order{3, 1, false};
  for (std::uint32_t m = 0; m < 3; ++m)
    order.join(m, 0);
  for (std::uint32_t seq = 0; seq < 100'000; ++seq) {
    order.send(0, seq);
    order.receive(1, 0, seq);
  }
  for (std::uint32_t seq = 0; seq < 100'000; ++seq) {
    const auto d = order.receive(2, 0, seq);
    REQUIRE(d.complete);
    REQUIRE(d.due_ns == seq);
  }
  CHECK(order.finish().clean());
}

TEST_CASE("further behind than the log may grow is lost, every message once") {
  constexpr std::uint32_t many = 1'500'000;
  room_order order{3, 1, false};
  for (std::uint32_t m = 0; m < 3; ++m)
    order.join(m, 0);
  for (std::uint32_t seq = 0; seq < many; ++seq) {
    order.send(0, seq);
    order.receive(1, 0, seq);
  }
  const auto c = order.finish();
  CHECK(c.lost == many);
  CHECK(c.doubled + c.reordered + c.differs + c.unknown == 0);
}

TEST_CASE("talking to an empty room costs nothing and loses nothing") {
  room_order order{2, 1, false};
  order.join(0, 0);
  for (int i = 0; i < 10'000; ++i)
    order.send(0, i);
  CHECK(order.settled());
  order.join(1, 10'000);
  const auto seq = order.send(0, 10'001);
  CHECK_FALSE(order.settled());
  CHECK(order.receive(1, 0, seq).counts);
  CHECK(order.finish().clean());
}
