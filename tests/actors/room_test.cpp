#include "support/world.hpp"

#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

namespace {

/// Two members on different shards, nothing unheard.
struct two_in_a_room {
  explicit two_in_a_room(actors::options o = {}) : w(o), ann(w.join_as("ann", 0)), bob(w.join_as("bob", 1)) {
    ann.say(R"(42["join_room","a"])");
    bob.say(R"(42["join_room","a"])");
    ann.heard();
    bob.heard();
  }
  world w;
  world::client ann, bob;
};

} // namespace

TEST_CASE("a join is answered with the room's size and announced to the others") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1);
  ann.say(R"(421["join_room","a"])");
  CHECK(ann.heard() == lines{R"(431[{"ok":true,"room":"a","members":1}])"});
  bob.say(R"(427["join_room",{"roomId":"a"}])");
  CHECK(bob.heard() == lines{R"(437[{"ok":true,"room":"a","members":2}])"});
  const auto told = ann.heard();
  REQUIRE(told.size() == 1);
  CHECK(told[0].starts_with(R"(42["room_joined",{"room":"a","userId":"bob","socketId":")"));
  CHECK(w.counts.memberships.get() == 2);
  CHECK(w.counts.rooms.get() == 1);
}

TEST_CASE("joining twice is answered and not announced again") {
  two_in_a_room t;
  t.bob.say(R"(421["join_room","a"])");
  CHECK(t.bob.heard() == lines{R"(431[{"ok":true,"room":"a","members":2}])"});
  CHECK(t.ann.heard().empty());
}

TEST_CASE("leaving is answered, announced and final") {
  two_in_a_room t;
  t.bob.say(R"(424["leave_room","a"])");
  CHECK(t.bob.heard() == lines{R"(434[{"ok":true,"room":"a"}])"});
  CHECK(mentions(t.ann.heard(), R"("room_left",{"room":"a","userId":"bob")"));
  t.ann.say(R"(42["message:send",{"room":"a","content":1}])");
  CHECK(t.bob.heard().empty());
  CHECK(t.w.counts.memberships.get() == 1);
}

TEST_CASE("the ack of a join comes before the first message of the room") {
  world w;
  auto ann = w.join_as("ann", 1), bob = w.join_as("bob", 1); // one thread: the order of what they say is known
  ann.say(R"(42["join_room","a"])");
  ann.heard();
  // Both are on their way before either is handled.
  bob.say_only(R"(421["join_room","a"])");
  ann.say_only(R"(42["message:send",{"room":"a","content":"hi"}])");
  w.run();
  const auto heard = bob.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].starts_with("431"));
  CHECK(heard[1].find("\"hi\"") != std::string::npos);
}

TEST_CASE("a message gets time and place, the sender an ack and a confirmation") {
  two_in_a_room t;
  t.ann.say(R"(425["message:send",{"room":"a","content":{"x":[1]},"id":"m1"}])");
  const auto ts = std::to_string(t.w.wall());
  CHECK(t.bob.heard()
        == lines{R"(42["message:new",{"id":"m1","from":"ann","room":"a","content":{"x":[1]},"ts":)" + ts + R"(,"seq":1}])"});
  CHECK(t.ann.heard() == lines{R"(435[{"ok":true,"id":"m1","room":"a","seq":1,"ts":)" + ts + "}]",
                               R"(42["message:sent",{"id":"m1","status":"sent"}])"});
}

TEST_CASE("everybody sees the same order") {
  two_in_a_room t;
  auto cid = t.w.join_as("cid", 0);
  cid.say(R"(42["join_room","a"])").heard();
  t.ann.heard();
  t.bob.heard();
  for (int i = 0; i < 20; ++i) {
    t.ann.say_only(R"(42["chat:message",{"room":"a","message":"a)" + std::to_string(i) + "\"}]");
    t.bob.say_only(R"(42["chat:message",{"room":"a","message":"b)" + std::to_string(i) + "\"}]");
  }
  t.w.run();
  const auto heard = cid.heard();
  REQUIRE(heard.size() == 40);
  for (std::size_t i = 0; i < heard.size(); ++i)
    CHECK(heard[i].find("\"seq\":" + std::to_string(i + 1) + "}") != std::string::npos);
}

TEST_CASE("a repeated id is answered and not sent again") {
  actors::options o;
  o.replicas.dedup_window = duration(1'000);
  two_in_a_room t(o);
  t.ann.say(R"(421["message:send",{"room":"a","content":1,"id":"m"}])");
  t.bob.heard();
  t.ann.heard();
  t.ann.say(R"(422["message:send",{"room":"a","content":1,"id":"m"}])");
  CHECK(t.bob.heard().empty());
  CHECK(mentions(t.ann.heard(), R"(432[{"ok":true,"id":"m","room":"a","seq":1)"));
  CHECK(t.w.counts.duplicates.get() == 1);
  // another user's equal id is another message
  t.bob.say(R"(421["message:send",{"room":"a","content":1,"id":"m"}])");
  CHECK(mentions(t.ann.heard(), "\"seq\":2"));
  // and after the window it is new again
  t.w.advance(duration(1'001));
  t.ann.say(R"(423["message:send",{"room":"a","content":1,"id":"m"}])");
  CHECK(mentions(t.bob.heard(), "\"seq\":3"));
}

TEST_CASE("who is no member may not send") {
  two_in_a_room t;
  auto cid = t.w.join_as("cid");
  cid.say(R"(421["message:send",{"room":"a","content":1}])");
  CHECK(mentions(cid.heard(), R"(431[{"ok":false,"error":{"code":"not_in_room")"));
  cid.say(R"(42["message:send",{"room":"a","content":1}])");
  CHECK(mentions(cid.heard(), R"(42["error",{"ok":false,"error":{"code":"not_in_room")"));
  CHECK(t.ann.heard().empty());
}

TEST_CASE("typing is told once, ends by itself, by leaving and by word") {
  two_in_a_room t;
  const lines starts{R"(42["typing",{"room":"a","userId":"ann","typing":true}])"};
  const lines stops{R"(42["typing",{"room":"a","userId":"ann","typing":false}])"};
  t.ann.say(R"(42["typing",{"room":"a","typing":true}])");
  CHECK(t.bob.heard() == starts);
  CHECK(t.ann.heard().empty());
  t.w.advance(duration(4'000));
  t.ann.say(R"(42["typing",{"room":"a","typing":true}])"); // only the deadline moves
  t.w.advance(duration(4'900));
  CHECK(t.bob.heard().empty());
  t.w.advance(duration(200));
  CHECK(t.bob.heard() == stops);

  t.ann.say(R"(42["typing",{"room":"a","typing":true}])");
  t.ann.say(R"(42["typing",{"room":"a","typing":false}])");
  CHECK(t.bob.heard() == lines{starts[0], stops[0]});

  t.ann.say(R"(42["typing",{"room":"a","typing":true}])");
  t.bob.heard();
  t.ann.drop();
  const auto heard = t.bob.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0] == stops[0]);
  CHECK(heard[1].find("room_left") != std::string::npos);
}

TEST_CASE("a session that is gone is no member anywhere") {
  two_in_a_room t;
  t.bob.drop(engineio::close_reason::slow_reader);
  CHECK(mentions(t.ann.heard(), "room_left"));
  CHECK(t.w.counts.memberships.get() == 1);
  CHECK(t.w.counts.connections.get() == 1);
  CHECK_FALSE(t.w.egress.in_room(room_key("/", "a"), t.bob.ref));
}

TEST_CASE("large rooms do not announce") {
  actors::options o;
  o.rooms.announce_max_members = 2;
  two_in_a_room t(o);
  auto cid = t.w.join_as("cid");
  cid.say(R"(42["join_room","a"])");
  CHECK(t.ann.heard().empty());
  cid.say(R"(42["leave_room","a"])");
  CHECK(t.ann.heard().empty());
  t.bob.say(R"(42["leave_room","a"])");
  CHECK(mentions(t.ann.heard(), "room_left"));
}

TEST_CASE("limits of rooms: places, rooms of a node, rooms of a connection") {
  actors::options o;
  SECTION("a full room") {
    o.rooms.max_members = 2;
    two_in_a_room t(o);
    auto cid = t.w.join_as("cid");
    cid.say(R"(421["join_room","a"])");
    CHECK(mentions(cid.heard(), R"(431[{"ok":false,"error":{"code":"room_full")"));
    cid.say(R"(422["message:send",{"room":"a","content":1}])"); // the connection knows that it is not in
    CHECK(mentions(cid.heard(), "not_in_room"));
  }
  SECTION("a full node") {
    o.limit.max_rooms = 1;
    two_in_a_room t(o);
    t.ann.say(R"(421["join_room","b"])");
    CHECK(mentions(t.ann.heard(), R"(431[{"ok":false,"error":{"code":"room_limit")"));
    CHECK(t.w.counts.refusals.snapshot()["room_limit"] == 1);
  }
  SECTION("a connection with many rooms") {
    o.limit.max_rooms_per_connection = 2;
    two_in_a_room t(o);
    t.ann.say(R"(421["join_room","b"])").say(R"(422["join_room","c"])");
    const auto heard = t.ann.heard();
    REQUIRE(heard.size() == 2);
    CHECK(heard[0].find("\"ok\":true") != std::string::npos);
    CHECK(heard[1].find("too_many_rooms") != std::string::npos);
    t.ann.say(R"(42["leave_room","b"])").say(R"(423["join_room","c"])");
    CHECK(mentions(t.ann.heard(), R"(433[{"ok":true)"));
  }
}

TEST_CASE("documents: the first update counts from its version, a stale one is told the current") {
  two_in_a_room t;
  t.ann.say(R"(42["join_room","document:d"])");
  t.bob.say(R"(42["join_room","document:d"])");
  t.ann.heard();
  t.bob.heard();
  t.ann.say(R"(421["document_update",{"documentId":"d","changes":[1],"version":4}])");
  CHECK(t.ann.heard() == lines{R"(431[{"ok":true,"documentId":"d","version":5}])"});
  CHECK(t.bob.heard() == lines{R"(42["document_update",{"documentId":"d","userId":"ann","changes":[1],"version":5}])"});
  t.bob.say(R"(422["document_update",{"documentId":"d","changes":[2],"version":4}])");
  const auto heard = t.bob.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].starts_with(R"(432[{"ok":false,"error":{"code":"version_conflict")"));
  CHECK(heard[0].ends_with(R"("version":5}}])"));
  CHECK(t.ann.heard().empty());
}

TEST_CASE("documents on a node are limited; a room that ends gives its place back") {
  actors::options o;
  o.max_documents = 1;
  world w(o);
  auto ann = w.join_as("ann");
  for (auto room : {"document:d", "document:e"})
    ann.say(std::string(R"(42["join_room",")") + room + R"("])");
  ann.say(R"(421["document_update",{"documentId":"d","changes":1,"version":0}])");
  ann.heard();
  ann.say(R"(422["document_update",{"documentId":"e","changes":1,"version":0}])");
  CHECK(mentions(ann.heard(), R"(432[{"ok":false,"error":{"code":"document_limit")"));
  ann.say(R"(42["leave_room","document:d"])");
  w.advance(duration(60'000));
  CHECK(w.counts.documents.get() == 0);
  ann.heard();
  ann.say(R"(423["document_update",{"documentId":"e","changes":1,"version":0}])");
  CHECK(mentions(ann.heard(), R"(433[{"ok":true)"));
}

TEST_CASE("room:members lists who is there") {
  two_in_a_room t;
  t.ann.say(R"(421["room:members","a"])");
  const auto heard = t.ann.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].find(R"("userId":"bob")") != std::string::npos);
  CHECK(heard[0].find(R"("userId":"ann")") != std::string::npos);
  CHECK(heard[0].ends_with(R"("count":2}])"));
}

TEST_CASE("an empty room ends when its time is over, a used one does not") {
  two_in_a_room t;
  t.ann.drop();
  t.w.advance(duration(120'000));
  CHECK(t.w.counts.rooms.get() == 1);
  t.bob.drop();
  t.w.advance(duration(59'000));
  CHECK(t.w.counts.rooms.get() == 1);
  t.w.advance(duration(1'100));
  CHECK(t.w.counts.rooms.get() == 0);
}

TEST_CASE("nothing is lost when a message meets a room that wants to end") {
  world w;
  auto ann = w.join_as("ann");
  ann.say(R"(42["join_room","a"])").say(R"(42["leave_room","a"])");
  ann.heard();
  // The room's wish to end and a join cross each other, in every interleaving of their messages.
  for (int steps = 0; steps < 12; ++steps) {
    w.advance_only(duration(60'000)); // the tick is in the directory's mailbox now
    for (int i = 0; i < steps && w.step(); ++i) {
    }
    ann.say_only(R"(421["join_room","a"])");
    w.run();
    INFO(steps);
    CHECK(ann.heard() == lines{R"(431[{"ok":true,"room":"a","members":1}])"});
    CHECK(w.egress.in_room(room_key("/", "a"), ann.ref));
    ann.say(R"(42["leave_room","a"])");
    ann.heard();
  }
}

TEST_CASE("a namespace's rooms are its own") {
  world w;
  auto ann = w.open(), bob = w.open(1);
  ann.connect("ann");
  bob.connect("bob", "/chat");
  ann.say(R"(42["join_room","a"])");
  bob.say(R"(42/chat,["join_room","a"])");
  CHECK(w.counts.rooms.get() == 2);
  ann.say(R"(42["chat:message",{"room":"a","message":1}])");
  CHECK(bob.heard().empty());
}
