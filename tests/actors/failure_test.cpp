// Actors that fail: the egress throws under their hands.

#include "support/world.hpp"

#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <stdexcept>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

namespace {

bool carries(const ports::egress_op& op, std::string_view text) {
  auto has = [&](const outbound_ptr& o) { return o->packet.data.find(text) != std::string::npos; };
  if (auto f = std::get_if<ports::fan_out_room>(&op))
    return has(f->what);
  if (auto f = std::get_if<ports::fan_out>(&op))
    return has(f->what);
  if (auto s = std::get_if<ports::send_to>(&op))
    return has(s->what);
  return false;
}

/// Whoever submits this text fails, so many times.
void fail_on(world& w, std::string text, int times = 1) {
  w.egress.before_submit = [text, left = times](const ports::egress_op& op) mutable {
    if (left > 0 && carries(op, text)) {
      --left;
      throw std::runtime_error("poison");
    }
  };
}

} // namespace

TEST_CASE("a failed room is restarted with its members and goes on counting") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1), eve = w.join_as("eve", 1);
  for (auto c : {&ann, &bob})
    c->say(R"(42["join_room","a"])");
  eve.say(R"(42["join_room","b"])");
  ann.say(R"(421["message:send",{"room":"a","content":"one"}])");
  ann.heard();
  bob.heard();
  eve.heard();

  fail_on(w, "poison");
  ann.say(R"(422["message:send",{"room":"a","content":"poison"}])");
  CHECK(w.counts.actor_failures.get() == 1);
  CHECK(w.counts.actor_restarts.get() == 1);
  CHECK(w.counts.rooms.get() == 2);
  CHECK(w.counts.memberships.get() == 3);
  CHECK(ann.open());
  CHECK_FALSE(mentions(ann.heard(), "room_joined")); // members that report again are no news
  bob.heard();

  ann.say(R"(423["message:send",{"room":"a","content":"three"}])");
  CHECK(mentions(ann.heard(), R"(433[{"ok":true)"));
  CHECK(mentions(bob.heard(), R"("seq":3})"));
  bob.say(R"(424["room:members","a"])");
  CHECK(mentions(bob.heard(), R"("count":2})"));
  eve.say(R"(425["message:send",{"room":"b","content":1}])");
  CHECK(mentions(eve.heard(), R"("seq":1)"));
}

TEST_CASE("a restarted room learns of members that left meanwhile") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1);
  for (auto c : {&ann, &bob})
    c->say(R"(42["join_room","a"])");
  fail_on(w, "poison");
  ann.say_only(R"(42["message:send",{"room":"a","content":"poison"}])");
  bob.say_only(R"(42["leave_room","a"])"); // may be lost with the failed room's mailbox
  w.run();
  bob.heard();
  ann.say(R"(421["message:send",{"room":"a","content":"after"}])");
  CHECK(bob.heard().empty());
  CHECK_FALSE(w.egress.in_room(room_key("/", "a"), bob.ref));
  CHECK(w.counts.memberships.get() == 1);
}

TEST_CASE("a room that fails again and again is given up and its members are disconnected") {
  world w;
  auto ann = w.join_as("ann", 0), eve = w.join_as("eve", 1);
  ann.say(R"(42["join_room","a"])");
  eve.say(R"(42["join_room","b"])");
  fail_on(w, "poison", 1'000);
  for (int i = 0; i < 6; ++i)
    ann.say(R"(42["chat:message",{"room":"a","message":"poison"}])");
  CHECK(w.closed_for(ann.ref) == "forced close");
  CHECK(w.counts.actor_failures.get() == 6);
  CHECK(w.counts.actor_restarts.get() == 5);
  CHECK(eve.open());
  auto again = w.join_as("ann", 0);
  again.say(R"(421["join_room","a"])");
  CHECK(mentions(again.heard(), R"("members":1)"));
}

TEST_CASE("a failed presence is restarted without a flicker for its watchers") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1);
  bob.say(R"(421["presence:subscribe",["ann"]])");
  bob.heard();
  fail_on(w, "poison");
  bob.say(R"(422["message:send",{"to":"ann","content":"poison"}])");
  CHECK(w.counts.actor_restarts.get() == 1);
  w.advance(duration(10'000));
  CHECK(bob.heard().empty());
  CHECK(w.counts.users_online.get() == 2);
  bob.say(R"(423["message:send",{"to":"ann","content":"fine"}])");
  CHECK(mentions(bob.heard(), "delivered"));
  CHECK(mentions(ann.heard(), "fine"));
  ann.drop();
  w.advance(duration(3'000));
  CHECK(mentions(bob.heard(), "user_offline"));
}

TEST_CASE("a failed presence keeps what it has queued") {
  world w;
  auto bob = w.join_as("bob", 1);
  bob.say(R"(421["message:send",{"to":"ann","content":"kept"}])");
  bob.heard();
  fail_on(w, "poison");
  bob.say(R"(422["presence:subscribe",["ann"]])");
  w.egress.before_submit = [n = 0](const ports::egress_op& op) mutable {
    if (carries(op, "\"m2\"") && n++ == 0)
      throw std::runtime_error("poison");
  };
  bob.say(R"(423["message:send",{"to":"ann","content":"x","id":"m2"}])"); // fails at the ack
  CHECK(w.counts.actor_restarts.get() == 1);
  w.egress.before_submit = nullptr;
  auto ann = w.open();
  ann.say(R"(40{"user":"ann"})");
  CHECK(mentions(ann.heard(), "kept"));
}

TEST_CASE("a failed connection costs its client the session and nobody else anything") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 0);
  for (auto c : {&ann, &bob})
    c->say(R"(42["join_room","a"])");
  ann.heard();
  bob.connect("bob", "/lab");
  // broadcasts are submitted by the connection itself
  w.lab->events["shout"] = [](auto&, auto&) {
    logic::broadcast b;
    b.event = "poison";
    return logic::effects{b};
  };
  fail_on(w, "poison");
  bob.say(R"(42/lab,["shout"])");
  CHECK(w.counts.actor_failures.get() == 1);
  CHECK(w.closed_for(bob.ref) == "forced close");
  CHECK(w.counts.connections.get() == 1);
  CHECK(w.counts.sockets.get() == 1);
  CHECK(mentions(ann.heard(), "room_left"));
  CHECK(w.lab->disconnects == lines{"bob: forced close"});
}

TEST_CASE("logic that throws refuses one event") {
  world w;
  auto c = w.open();
  c.connect("ann", "/lab");
  w.lab->events["boom"] = [](auto&, auto&) -> logic::effects { throw std::runtime_error("no"); };
  c.say(R"(42/lab,3["boom"])");
  CHECK(mentions(c.heard(), R"(43/lab,3[{"ok":false,"error":{"code":"internal_error")"));
  CHECK(w.counts.handler_exceptions.get() == 1);
  CHECK(c.open());
}
