#include "core/messaging/ack_table.hpp"

#include <catch2/catch_test_macros.hpp>

#include <set>

using namespace troupe;
using namespace std::chrono_literals;
using messaging::ack_table;

namespace {

const time_point start{};

ack_table::callback note(std::string& into, std::string name) {
  return [&into, name](result<logic::arguments> r) { into += name + (r ? "+" : "-"); };
}

} // namespace

TEST_CASE("an ack belongs to the namespace in which it was asked for") {
  ack_table t(10);
  std::string heard;
  const auto id = t.add("/a", note(heard, "a"), {});
  REQUIRE(id);
  CHECK_FALSE(t.take(*id, "/b"));
  auto on_ack = t.take(*id, "/a");
  REQUIRE(on_ack);
  (*on_ack)(logic::arguments{});
  CHECK(heard == "a+");
  CHECK_FALSE(t.take(*id, "/a"));
  CHECK(t.size() == 0);
}

TEST_CASE("ids differ, stay below those of broadcasts, and odd ones are nobody's") {
  ack_table t(100);
  std::string heard;
  std::set<std::uint32_t> ids;
  for (int i = 0; i < 100; ++i)
    ids.insert(*t.add("/", note(heard, "x"), {}));
  CHECK(ids.size() == 100);
  CHECK(*ids.rbegin() < messaging::first_broadcast_ack);
  CHECK_FALSE(t.take(messaging::first_broadcast_ack, "/"));
  CHECK_FALSE(t.take((1ull << 32) + *ids.begin(), "/"));
}

TEST_CASE("more than the limit are not kept") {
  ack_table t(1);
  std::string heard;
  CHECK(t.add("/", note(heard, "a"), {}));
  CHECK_FALSE(t.add("/", note(heard, "b"), {}));
}

TEST_CASE("acks time out in the order of their deadlines") {
  ack_table t(10);
  std::string heard;
  t.add("/", note(heard, "late"), start + 2s);
  t.add("/", note(heard, "early"), start + 1s);
  t.add("/", note(heard, "never"), {});
  CHECK(t.next_deadline() == start + 1s);
  CHECK(t.expire(start + 999ms).empty());
  for (auto& on_ack : t.expire(start + 3s))
    on_ack(error{"ack_timeout", ""});
  CHECK(heard == "early-late-");
  CHECK(t.size() == 1);
  CHECK_FALSE(t.next_deadline());
}

TEST_CASE("a namespace that ends takes its acks along") {
  ack_table t(10);
  std::string heard;
  t.add("/a", note(heard, "a"), start + 1s);
  t.add("/b", note(heard, "b"), start + 1s);
  t.add("/a", note(heard, "a"), {});
  CHECK(t.take_all("/a").size() == 2);
  CHECK(t.size() == 1);
  CHECK(t.expire(start + 1s).size() == 1);
}
