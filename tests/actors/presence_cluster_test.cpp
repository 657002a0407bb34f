// A user whose sockets, watchers and home are on several nodes, while homes move and nodes die.

#include "support/virtual_cluster.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <optional>

using namespace troupe;
using namespace std::chrono_literals;
using test::lines;
using test::mentions;
using test::virtual_cluster;

namespace {

using client = test::world::client;

client come(virtual_cluster& nodes, std::size_t at, const std::string& user) {
  auto c = nodes[at].open();
  c.connect(user);
  nodes.run();
  c.heard();
  return c;
}

lines come_and_hear(virtual_cluster& nodes, std::size_t at, const std::string& user) {
  auto c = nodes[at].open();
  c.connect(user);
  nodes.run();
  return c.heard();
}

/// The answer, and what came with it.
lines watch(virtual_cluster& nodes, client& c, const std::string& user) {
  c.say(R"(421["presence:subscribe",[")" + user + "\"]]");
  nodes.run();
  return c.heard();
}

void leave(virtual_cluster& nodes, client& c) {
  c.drop();
  nodes.run();
}

std::ptrdiff_t count(const lines& heard, const std::string& text) {
  return std::count_if(heard.begin(), heard.end(), [&](auto& line) { return line.find(text) != std::string::npos; });
}

actors::options with_delay(duration d) {
  actors::options o;
  o.presence.offline_delay = d;
  return o;
}

} // namespace

TEST_CASE("who comes before the home knows that it is the home is there") {
  virtual_cluster nodes(3);
  auto bob = come(nodes, 2, "bob");
  nodes.hear_of_home(2, 1, 9);
  nodes.run();
  auto again = come(nodes, 2, "bob");
  come(nodes, 2, "cid");
  leave(nodes, bob);
  nodes.hear_of_home(1, 1, 9, false);
  nodes.hear_of_home(0, 1, 9);
  nodes.run();
  nodes.hear_of_home(1, 1, 9);
  nodes.advance(10s);
  auto ann = come(nodes, 0, "ann");
  CHECK(mentions(watch(nodes, ann, "cid"), R"("userId":"cid","status":"online")"));
  CHECK(mentions(watch(nodes, ann, "bob"), R"("userId":"bob","status":"online")"));
  leave(nodes, again);
  nodes.advance(10s);
  CHECK(count(ann.heard(), "user_offline") == 1);
}

TEST_CASE("nobody is said to be gone before all nodes have said whom they have") {
  virtual_cluster nodes(3, with_delay(0ms));
  auto bob = come(nodes, 2, "bob"), ann = come(nodes, 1, "ann");
  watch(nodes, ann, "bob");
  nodes.kill(0);
  nodes.hear_of_home(1, 1, 9, false);
  nodes.advance(500ms);
  auto cid = come(nodes, 1, "cid");
  cid.say(R"(421["presence:subscribe",["bob"]])");
  nodes.advance(500ms);
  CHECK(cid.heard().empty()); // the question waits
  nodes.move_homes(1, 9);
  nodes.advance(1s);
  CHECK(ann.heard().empty());
  CHECK(mentions(cid.heard(), R"("userId":"bob","status":"online")"));
  leave(nodes, bob);
  nodes.advance(100ms);
  CHECK(count(ann.heard(), "user_offline") == 1);
}

TEST_CASE("what a former home said late is not told again") {
  virtual_cluster nodes(3);
  auto ann = come(nodes, 2, "ann");
  watch(nodes, ann, "bob");
  nodes.hold(2);
  come(nodes, 0, "bob"); // the home says so to ann's node, where it arrives late
  nodes.move_homes(1, 9);
  nodes.release(2);
  nodes.advance(5s);
  const auto heard = ann.heard();
  CHECK(count(heard, "user_online") == 1);
  CHECK(count(heard, "presence:update") == 1);
}

TEST_CASE("what was on its way when a link came back is told once") {
  virtual_cluster nodes(2);
  auto ann = come(nodes, 1, "ann");
  watch(nodes, ann, "bob");
  nodes.cut(1);
  auto bob = come(nodes, 0, "bob");
  nodes.hold(0);
  nodes.hold(1);
  nodes.link(1); // ann's node says what ann believes
  bob.say(R"(42["presence:status","away"])");
  nodes.run(); // and the home what has become of bob, before it has read that
  nodes.release(1);
  nodes.release(0);
  nodes.advance(5s);
  const auto heard = ann.heard();
  CHECK(count(heard, "user_online") == 1);
  CHECK(count(heard, "away") == 1);
}

TEST_CASE("a user whose node and home die together was seen until then") {
  virtual_cluster nodes(3);
  auto ann = come(nodes, 2, "ann");
  come(nodes, 0, "bob");
  watch(nodes, ann, "bob");
  nodes.advance(60s);
  const auto died = nodes[2].wall();
  nodes.kill(0);
  nodes.move_homes(1, 9);
  nodes.advance(3s);
  const auto heard = ann.heard();
  REQUIRE(count(heard, "user_offline") == 1);
  CHECK(mentions(heard, R"("lastSeen":)" + std::to_string(died)));
}

TEST_CASE("last seen is never earlier than it was told before") {
  virtual_cluster nodes(3);
  auto ann = come(nodes, 2, "ann"), bob = come(nodes, 1, "bob");
  nodes.advance(5s);
  const auto seen = nodes[1].wall();
  come(nodes, 1, "bob"); // another device
  CHECK(mentions(watch(nodes, ann, "bob"), R"("lastSeen":)" + std::to_string(seen)));
  nodes.kill(0);
  nodes.move_homes(2, 9);
  bob.say(R"(42["presence:status","away"])");
  nodes.run();
  CHECK(mentions(ann.heard(), R"("status":"away","lastSeen":)" + std::to_string(seen)));
}

TEST_CASE("a word that a user said before going is not said again by a new home") {
  virtual_cluster nodes(3);
  auto ann = come(nodes, 2, "ann"), cid = come(nodes, 1, "cid"), bob = come(nodes, 1, "bob");
  watch(nodes, ann, "bob");
  watch(nodes, cid, "bob"); // keeps bob's replica there
  bob.say(R"(42["presence:status","away"])");
  nodes.run();
  leave(nodes, bob);
  nodes.advance(5s);
  auto back = come(nodes, 2, "bob");
  CHECK(mentions(ann.heard(), R"("status":"online")"));
  nodes.move_homes(2, 9);
  nodes.advance(1s);
  CHECK(ann.heard().empty());
  back.say(R"(42["presence:status","busy"])");
  nodes.run();
  ann.heard();
  nodes.kill(0);
  nodes.move_homes(1, 10);
  nodes.advance(1s);
  CHECK(ann.heard().empty());
}

TEST_CASE("a message that is sent while a home is new reaches who is there") {
  virtual_cluster nodes(3);
  auto bob = come(nodes, 2, "bob");
  nodes.kill(0);
  nodes.hear_of_home(1, 1, 9, false);
  nodes.run();
  auto ann = come(nodes, 1, "ann");
  ann.say(R"(421["message:send",{"to":"bob","content":"hi"}])");
  nodes.run();
  nodes.move_homes(1, 9);
  CHECK(mentions(ann.heard(), R"("status":"delivered")"));
  CHECK(count(bob.heard(), "\"hi\"") == 1);
}

TEST_CASE("watchers who ask while it is not known whether a user has gone are told once what comes out") {
  virtual_cluster nodes(3);
  auto bob = come(nodes, 2, "bob"), ann = come(nodes, 1, "ann");
  watch(nodes, ann, "bob");
  bob.say(R"(42["presence:status","away"])");
  nodes.run();
  ann.heard();
  leave(nodes, bob);
  nodes.advance(1s);
  auto cid = come(nodes, 1, "cid");
  CHECK(mentions(watch(nodes, cid, "bob"), R"("status":"away")"));
  nodes.advance(2s);
  for (auto* c : {&ann, &cid}) {
    const auto heard = c->heard();
    CHECK(count(heard, "user_offline") == 1);
    CHECK(count(heard, "presence:update") == 1);
  }
}

TEST_CASE("a message that is sent again to a new home arrives once") {
  virtual_cluster nodes(3);
  auto bob = come(nodes, 2, "bob"), ann = come(nodes, 1, "ann");
  ann.say(R"(421["message:send",{"to":"bob","content":"hi","id":"1"}])");
  nodes.run();
  CHECK(mentions(ann.heard(), R"("status":"delivered")"));
  CHECK(count(bob.heard(), "\"hi\"") == 1);
  nodes.kill(0);
  const auto home = GENERATE(std::size_t{1}, std::size_t{2});
  nodes.move_homes(home, 9);
  ann.say(R"(422["message:send",{"to":"bob","content":"hi","id":"1"}])"); // ann never got the answer
  nodes.run();
  CHECK(mentions(ann.heard(), R"("status":"delivered")"));
  CHECK(bob.heard().empty());
  ann.say(R"(423["message:send",{"to":"bob","content":"ho","id":"2"}])");
  nodes.run();
  CHECK(mentions(bob.heard(), home == 1 ? R"("seq":3)" : R"("seq":2)")); // a home that knows it had the place already
}

TEST_CASE("a message is delivered when the node of the user's socket has it") {
  virtual_cluster nodes(3);
  const auto sender_at = GENERATE(std::size_t{0}, std::size_t{1}); // at the home, or elsewhere
  auto bob = come(nodes, 2, "bob"), ann = come(nodes, sender_at, "ann");
  nodes.hold(2);
  const std::string hi = R"(["message:send",{"to":"bob","content":"hi","id":"1"}])";
  ann.say("421" + hi);
  nodes.run();
  CHECK(ann.heard().empty());

  SECTION("at once, and repeats wait for that, too") {
    ann.say("422" + hi);
    nodes.run();
    CHECK(ann.heard().empty());
    nodes.release(2);
    nodes.run();
    const auto heard = ann.heard();
    CHECK((mentions(heard, "431[") && mentions(heard, "432[")));
    CHECK(count(heard, R"("duplicate":true)") <= 1);
  }
  SECTION("or another home has sent it again") {
    if (sender_at != 0)
      nodes.kill(0);
    nodes.move_homes(1, 9);
    nodes.release(2);
    nodes.run();
    CHECK(count(ann.heard(), R"("status":"delivered")") > 0);
  }
  SECTION("or a link that broke is back") {
    nodes.cut(2);
    nodes.release(2);
    nodes.run();
    CHECK(ann.heard().empty());
    nodes.link(2);
    nodes.run();
    CHECK(mentions(ann.heard(), R"("status":"delivered")"));
  }
  CHECK(count(bob.heard(), "\"hi\"") == 1);
}

TEST_CASE("a message whose user's node has died goes where the user is then") {
  virtual_cluster nodes(3);
  come(nodes, 2, "bob");
  auto ann = come(nodes, 1, "ann");
  nodes.hold(2);
  ann.say(R"(421["message:send",{"to":"bob","content":"hi","id":"1"}])");
  nodes.run();
  auto elsewhere = std::optional<client>();
  const bool back = GENERATE(false, true);
  if (back)
    elsewhere = come(nodes, 1, "bob");
  nodes.kill(2);
  nodes.run();
  const auto heard = ann.heard();
  CHECK(mentions(heard, back ? R"("status":"delivered")" : R"("status":"queued")"));
  if (back)
    CHECK(count(elsewhere->heard(), "\"hi\"") == 1);
  else
    CHECK(count(come_and_hear(nodes, 1, "bob"), "\"hi\"") == 1);
}

TEST_CASE("messages on their way to a node are limited, in number and time") {
  actors::options o;
  o.replicas.max_pending = 2;
  virtual_cluster nodes(3, o);
  auto bob = come(nodes, 2, "bob"), ann = come(nodes, 0, "ann");
  nodes.hold(2);
  for (int i = 1; i <= 3; ++i) {
    ann.say("42" + std::to_string(i) + R"(["message:send",{"to":"bob","content":"hi","id":")" + std::to_string(i) + "\"}]");
    nodes.run();
  }
  auto heard = ann.heard();
  CHECK(heard.size() == 1);
  CHECK((mentions(heard, "433[") && mentions(heard, "overloaded")));
  nodes.advance(o.replicas.operation_timeout);
  heard = ann.heard();
  CHECK((mentions(heard, "431[") && mentions(heard, "432[") && count(heard, "user_unavailable") == 2));
  ann.say(R"(424["message:send",{"to":"bob","content":"hi","id":"1"}])");
  nodes.release(2);
  nodes.run();
  CHECK(mentions(ann.heard(), R"("status":"delivered")"));
  CHECK(count(bob.heard(), "\"hi\"") == 2);
}
