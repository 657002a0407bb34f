#include "support/world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

TEST_CASE("a subscription is answered with the states now") {
  world w;
  auto ann = w.join_as("ann", 0);
  w.join_as("bob", 1);
  const auto seen = std::to_string(w.wall());
  ann.say(R"(421["presence:subscribe",["bob","cid"]])");
  const auto heard = ann.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].starts_with(R"(431[{"ok":true,"users":[)"));
  CHECK(heard[0].find(R"({"userId":"bob","status":"online","lastSeen":)" + seen + "}") != std::string::npos);
  CHECK(heard[0].find(R"({"userId":"cid","status":"offline","lastSeen":null})") != std::string::npos);
}

TEST_CASE("watchers see a user come, change and go, and a reload is no leave") {
  world w;
  auto ann = w.join_as("ann", 0);
  ann.say(R"(42["presence:subscribe",["bob"]])");
  ann.heard();
  auto bob = w.join_as("bob", 1);
  auto heard = ann.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0] == R"(42["user_online",{"userId":"bob"}])");
  CHECK(heard[1].starts_with(R"(42["presence:update",{"userId":"bob","status":"online")"));

  bob.say(R"(42["presence:status",{"status":"away"}])");
  heard = ann.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].find("\"status\":\"away\"") != std::string::npos);

  bob.drop();
  w.advance(duration(1'900));
  auto again = w.join_as("bob", 0);
  w.advance(duration(5'000));
  CHECK(ann.heard().empty());

  const auto gone = w.wall();
  again.drop();
  w.advance(duration(2'100));
  heard = ann.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0] == R"(42["user_offline",{"userId":"bob","lastSeen":)" + std::to_string(gone) + "}]");
  CHECK(heard[1] == R"(42["presence:update",{"userId":"bob","status":"offline","lastSeen":)" + std::to_string(gone) + "}]");
  CHECK(w.counts.users_online.get() == 1);
}

TEST_CASE("a user is online while one of several sockets is there") {
  world w;
  auto ann = w.join_as("ann");
  ann.say(R"(42["presence:subscribe",["bob"]])");
  auto one = w.join_as("bob", 0), two = w.join_as("bob", 1);
  ann.heard();
  one.drop();
  w.advance(duration(10'000));
  CHECK(ann.heard().empty());
  two.drop();
  w.advance(duration(10'000));
  CHECK(mentions(ann.heard(), "user_offline"));
}

TEST_CASE("who unsubscribes or leaves hears no more") {
  world w;
  auto ann = w.join_as("ann"), cid = w.join_as("cid");
  ann.say(R"(42["presence:subscribe",["bob"]])").say(R"(42["presence:unsubscribe",["bob"]])");
  cid.say(R"(42["presence:subscribe",["bob"]])").say("41");
  ann.heard();
  cid.heard();
  w.join_as("bob", 1);
  CHECK(ann.heard().empty());
  CHECK(cid.heard().empty());
}

TEST_CASE("presences end when nobody needs them, and last seen stays") {
  world w;
  auto ann = w.join_as("ann");
  {
    auto bob = w.join_as("bob", 1);
    CHECK(w.counts.presences.get() == 2);
    bob.drop();
  }
  const auto gone = w.wall();
  w.advance(duration(2'100));
  w.advance(duration(60'100));
  CHECK(w.counts.presences.get() == 1);
  ann.say(R"(421["presence:subscribe",["bob"]])");
  CHECK(mentions(ann.heard(), "\"status\":\"offline\",\"lastSeen\":" + std::to_string(gone)));
}

TEST_CASE("subscriptions per connection are limited") {
  actors::options o;
  o.limit.max_watched_users = 2;
  world w(o);
  auto ann = w.join_as("ann");
  ann.say(R"(42["presence:subscribe",["a","b"]])");
  ann.say(R"(421["presence:subscribe",["b"]])"); // is watched already
  CHECK(mentions(ann.heard(), R"(431[{"ok":true)"));
  ann.say(R"(422["presence:subscribe",["c"]])");
  CHECK(mentions(ann.heard(), "too_many_watched_users"));
}

TEST_CASE("a direct message reaches every socket of the user") {
  world w;
  auto ann = w.join_as("ann"), one = w.join_as("bob", 0), two = w.join_as("bob", 1);
  ann.say(R"(421["message:send",{"to":"bob","content":"hi","id":"m"}])");
  const auto ts = std::to_string(w.wall());
  const lines message{R"(42["message:new",{"id":"m","from":"ann","to":"bob","content":"hi","ts":)" + ts + R"(,"seq":1}])"};
  CHECK(one.heard() == message);
  CHECK(two.heard() == message);
  CHECK(ann.heard() == lines{R"(431[{"ok":true,"id":"m","status":"delivered","ts":)" + ts + "}]",
                             R"(42["message:sent",{"id":"m","status":"delivered"}])"});
}

TEST_CASE("a direct message waits for its user and comes before anything newer") {
  world w;
  auto ann = w.join_as("ann");
  ann.say(R"(421["message:send",{"to":"bob","content":"one","id":"1"}])");
  ann.say(R"(422["message:send",{"to":"bob","content":"two","id":"2"}])");
  CHECK(mentions(ann.heard(), R"("status":"queued")"));
  CHECK(w.counts.direct_queued.get() == 2);
  CHECK(w.queues->users() == 1);
  auto bob = w.open(1);
  bob.say_only(R"(40{"user":"bob"})");
  ann.say_only(R"(423["message:send",{"to":"bob","content":"three","id":"3"}])");
  w.run();
  const auto heard = bob.heard();
  // The third may arrive before the user does (then it is the last in the queue) or after, but never before the others.
  REQUIRE(heard.size() == 4);
  CHECK(heard[0].starts_with("40"));
  CHECK(heard[1].find("one") != std::string::npos);
  CHECK(heard[2].find("two") != std::string::npos);
  CHECK(heard[3].find("three") != std::string::npos);
  CHECK(w.queues->users() == 0);
  CHECK(w.counts.queue_delivered.get() >= 2);
  auto other = w.join_as("bob", 0);
  CHECK(other.heard().empty());
}

TEST_CASE("the queue is bounded by count and age") {
  actors::options o;
  o.presence.queue.max_messages = 2;
  o.presence.queue.ttl = duration(60'000);
  world w(o);
  auto ann = w.join_as("ann");
  for (auto text : {"one", "two", "three"})
    ann.say(std::string(R"(42["message:send",{"to":"bob","content":")") + text + R"("}])");
  CHECK(w.counts.queue_dropped.get() == 1);
  SECTION("the oldest gave way") {
    auto bob = w.open();
    bob.say(R"(40{"user":"bob"})");
    const auto heard = bob.heard();
    REQUIRE(heard.size() == 3);
    CHECK(heard[1].find("two") != std::string::npos);
  }
  SECTION("what is too old is gone") {
    w.advance(duration(61'000));
    auto bob = w.open();
    bob.say(R"(40{"user":"bob"})");
    CHECK(bob.heard().size() == 1);
  }
}

TEST_CASE("what waited is kept until it is acknowledged, where that is asked for") {
  actors::options o;
  o.presence.until_acked = true;
  world w(o);
  auto ann = w.join_as("ann");
  for (const std::string text : {"one", "two"})
    ann.say(R"(42["message:send",{"to":"bob","content":")" + text + "\"}]");
  auto bob = w.open();
  bob.say(R"(40{"user":"bob"})");
  const auto heard = bob.heard();
  REQUIRE(heard.size() == 3);
  const auto ack_of = [](const std::string& line) { return line.substr(2, line.find('[') - 2); };
  CHECK_FALSE(ack_of(heard[1]).empty());
  bob.say("43" + ack_of(heard[2]) + "[]");
  CHECK(w.queues->users() == 1);
  SECTION("the rest comes again when the socket has gone") {
    bob.drop();
    auto again = w.open(1);
    again.say(R"(40{"user":"bob"})");
    const auto rest = again.heard();
    REQUIRE(rest.size() == 2);
    CHECK(rest[1].find("one") != std::string::npos);
    again.say("43" + ack_of(rest[1]) + "[]");
    CHECK(w.queues->users() == 0);
  }
  SECTION("and not to another device while it is there") {
    auto other = w.open(1);
    other.say(R"(40{"user":"bob"})");
    CHECK(other.heard().size() == 1);
    ann.say(R"(42["message:send",{"to":"bob","content":"now"}])");
    CHECK(mentions(other.heard(), "now"));
    CHECK(mentions(bob.heard(), "now"));
  }
}

TEST_CASE("each device gets what waited, and no socket anything twice") {
  actors::options o;
  o.presence.each_device = true;
  world w(o);
  auto ann = w.join_as("ann");
  const auto say = [&](const std::string& text) {
    ann.say(R"(42["message:send",{"to":"bob","content":")" + text + "\"}]");
    w.run();
  };
  const auto come = [&](const std::string& device, std::uint16_t shard) {
    auto c = w.open(shard);
    c.say(R"(40{"user":"bob","device":")" + device + "\"}");
    w.run();
    return c;
  };
  say("one");
  auto phone = come("phone", 0);
  CHECK(phone.heard().size() == 2);
  say("two");
  CHECK(phone.heard().size() == 1);
  auto tablet = come("tablet", 1);
  CHECK(tablet.heard().size() == 3);
  auto second = come("phone", 1);
  CHECK(second.heard().size() == 1);
  say("three");
  for (auto* c : {&phone, &tablet, &second})
    CHECK(mentions(c->heard(), "three"));
  phone.drop();
  second.drop();
  say("four");
  CHECK(come("phone", 0).heard().size() == 2);
}

TEST_CASE("without a queue a message to nobody is merely sent") {
  actors::options o;
  o.presence.queue_offline = false;
  world w(o);
  auto ann = w.join_as("ann");
  ann.say(R"(421["message:send",{"to":"bob","content":1,"id":"m"}])");
  CHECK(mentions(ann.heard(), R"("status":"sent")"));
  CHECK(w.counts.direct_unreachable.get() == 1);
}

TEST_CASE("a repeated direct message is answered and not sent again") {
  world w;
  auto ann = w.join_as("ann"), bob = w.join_as("bob", 1);
  ann.say(R"(421["message:send",{"to":"bob","content":1,"id":"m"}])");
  bob.heard();
  ann.heard();
  ann.say(R"(422["message:send",{"to":"bob","content":1,"id":"m"}])");
  CHECK(bob.heard().empty());
  CHECK(mentions(ann.heard(), R"(432[{"ok":true,"id":"m","status":"delivered")"));
}

TEST_CASE("a node full of users says so") {
  actors::options o;
  o.presence.max_entries = 1;
  world w(o);
  auto ann = w.join_as("ann");
  ann.say(R"(421["message:send",{"to":"bob","content":1}])");
  CHECK(mentions(ann.heard(), R"(431[{"ok":false,"error":{"code":"user_limit")"));
  ann.say(R"(422["presence:subscribe",["bob"]])");
  CHECK(mentions(ann.heard(), R"(432[{"ok":false,"error":{"code":"user_limit")"));
}
