#include "core/room/room_model.hpp"

#include "core/room/announcements.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::room;
using namespace std::chrono_literals;

namespace {

const time_point start{};

member who(std::uint32_t slot, std::string user, std::uint16_t shard = 0) {
  return {{shard, slot, 1}, socket_name("socket-id-of-20-char"), false, std::move(user)};
}

struct fixture {
  options o;
  room_model model() { return {"a", o, 2, start}; }
};

} // namespace

TEST_CASE("members are counted by shard") {
  fixture f;
  auto m = f.model();
  m.on_join(who(1, "ann", 0), false, start).value();
  m.on_join(who(2, "bob", 1), false, start).value();
  m.on_join(who(3, "cid", 1), false, start).value();
  CHECK(m.by_shard() == std::vector<std::uint32_t>{1, 2});
  m.on_leave({1, 2, 1}, false, start);
  m.on_leave({1, 2, 1}, false, start);
  CHECK(m.by_shard() == std::vector<std::uint32_t>{1, 1});
  CHECK(m.size() == 2);
}

TEST_CASE("a join is announced once, if asked for and the room is small") {
  fixture f;
  f.o.announce_max_members = 2;
  auto m = f.model();
  CHECK(m.on_join(who(1, "ann"), true, start)->announce);
  CHECK_FALSE(m.on_join(who(1, "ann"), true, start)->announce);
  CHECK_FALSE(m.on_join(who(2, "bob"), false, start)->announce);
  CHECK_FALSE(m.on_join(who(3, "cid"), true, start)->announce); // three are too many
  CHECK_FALSE(m.on_leave(who(3, "cid").session, false, start).announce);
  CHECK_FALSE(m.on_leave(who(2, "bob").session, false, start).announce); // came in silence
  CHECK(m.on_leave(who(1, "ann").session, false, start).announce);
}

TEST_CASE("a silent member may leave aloud") {
  fixture f;
  auto m = f.model();
  m.on_join(who(1, "ann"), false, start).value();
  CHECK(m.on_leave(who(1, "ann").session, true, start).announce);
}

TEST_CASE("a full room takes nobody but its members") {
  fixture f;
  f.o.max_members = 1;
  auto m = f.model();
  CHECK(m.on_join(who(1, "ann"), false, start).has_value());
  CHECK(m.on_join(who(1, "ann"), false, start).has_value());
  const auto refused = m.on_join(who(2, "bob"), false, start);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == "room_full");
}

TEST_CASE("only members publish where only members may") {
  fixture f;
  auto m = f.model();
  m.on_join(who(1, "ann"), false, start).value();
  const auto ann = who(1, "ann").session, bob = who(2, "bob").session;
  CHECK(m.on_publish(ann, true, start).has_value());
  CHECK(m.on_publish(bob, true, start).error().code == "not_in_room");
  CHECK(m.on_publish({}, true, start).error().code == "not_in_room");
  CHECK(m.on_publish(bob, false, start).has_value());
}

TEST_CASE("only members change the document, to versions that JSON can hold") {
  fixture f;
  auto m = f.model();
  const auto ann = who(1, "ann").session;
  CHECK(m.on_document(ann, 0, start).error().code == "not_in_room");
  m.on_join(who(1, "ann"), false, start).value();
  CHECK(m.on_document(ann, 3, start).has_value());
  CHECK(m.on_document(ann, 1ull << 60, start).error().code == "invalid_payload");
}

TEST_CASE("a typing member stops after the timeout or when it leaves") {
  fixture f;
  auto m = f.model();
  const auto ann = who(1, "ann").session;
  CHECK(m.on_typing(ann, true, start).error().code == "not_in_room");
  m.on_join(who(1, "ann"), false, start).value();
  CHECK(*m.on_typing(ann, true, start));
  CHECK_FALSE(*m.on_typing(ann, true, start + 1s));
  CHECK(m.next_deadline() == start + 6s);
  CHECK(m.on_time(start + 5s).stopped_typing.empty());
  const auto passed = m.on_time(start + 6s);
  REQUIRE(passed.stopped_typing.size() == 1);
  CHECK(passed.stopped_typing[0].user == "ann");
  CHECK_FALSE(m.next_deadline());
  CHECK(*m.on_typing(ann, true, start + 7s));
  CHECK(m.on_leave(ann, false, start + 8s).was_typing);
}

TEST_CASE("an empty room is idle when its time is over") {
  fixture f;
  auto m = f.model();
  CHECK(m.next_deadline() == start + 60s);
  m.on_join(who(1, "ann"), false, start + 10s).value();
  CHECK_FALSE(m.next_deadline());
  CHECK_FALSE(m.on_time(start + 1h).idle);
  m.on_leave(who(1, "ann").session, false, start + 1h);
  CHECK_FALSE(m.on_time(start + 1h + 59s).idle);
  CHECK(m.on_time(start + 1h + 60s).idle);
  m.on_publish({}, false, start + 1h + 60s).value();
  CHECK_FALSE(m.on_time(start + 1h + 61s).idle);
}

TEST_CASE("what members read about each other") {
  fixture f;
  auto m = f.model();
  m.on_join(who(1, "ann"), false, start).value();
  m.on_join(who(2, "bob"), false, start).value();
  CHECK(membership("a", who(1, "ann")) == R"({"room":"a","userId":"ann","socketId":"socket-id-of-20-char"})");
  CHECK(typing("a", "ann", false) == R"({"room":"a","userId":"ann","typing":false})");
  CHECK(document_update("d", "ann", "[1]", 2) == R"({"documentId":"d","userId":"ann","changes":[1],"version":2})");
  CHECK(member_list(m, 0, 2) == R"({"ok":true,"room":"a","members":[],"count":2})");
  const auto one = member_list(m, 1, 2);
  CHECK(one.find("},{") == std::string::npos);
  CHECK(member_list(m, 9, 2).find("},{") != std::string::npos);
}
