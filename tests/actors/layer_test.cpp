// The facade: what the HTTP API and the library call, and the stop.

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

logic::publish message(std::string room, std::string id = {}) {
  logic::publish p;
  p.room = std::move(room);
  p.event = "news";
  p.args.json = R"({"x":1)";
  p.stamp = true;
  p.id = std::move(id);
  return p;
}

} // namespace

TEST_CASE("the API publishes through the room's order and is told the place") {
  world w;
  auto ann = w.join_as("ann");
  ann.say(R"(42["join_room","a"])").say(R"(42["message:send",{"room":"a","content":1}])");
  ann.heard();
  std::vector<actors::published> places;
  auto note = [&](result<actors::published> r) { places.push_back(r.value()); };
  w.layer->publish("/", message("a", "id"), note);
  w.layer->publish("/", message("a", "id"), note);
  w.run();
  CHECK(ann.heard() == lines{R"(42["news",{"x":1,"ts":)" + std::to_string(w.wall()) + R"(,"seq":2}])"});
  REQUIRE(places.size() == 2);
  CHECK(places[0].seq == 2);
  CHECK_FALSE(places[0].duplicate);
  CHECK(places[1].seq == 2);
  CHECK(places[1].duplicate);
}

TEST_CASE("the API hears why it cannot publish") {
  actors::options o;
  o.limit.max_rooms = 0;
  world w(o);
  std::string codes;
  auto note = [&](result<actors::published> r) { codes += (r ? "ok" : r.error().code) + " "; };
  w.layer->publish("/", message(""), note);
  w.layer->publish("/", message("a"), note);
  w.run();
  CHECK(codes == "invalid_room room_limit ");
}

TEST_CASE("the API sends to users") {
  world w;
  auto ann = w.join_as("ann", 1);
  std::vector<actors::delivery> fates;
  auto note = [&](result<actors::direct_outcome> r) { fates.push_back(r->status); };
  for (auto user : {"ann", "bob"}) {
    logic::direct d;
    d.user = user;
    d.event = "note";
    d.args.json = "{";
    w.layer->direct("/", d, note);
  }
  w.run();
  CHECK(mentions(ann.heard(), R"(42["note",{"ts":)"));
  CHECK(std::count(fates.begin(), fates.end(), actors::delivery::delivered) == 1);
  CHECK(std::count(fates.begin(), fates.end(), actors::delivery::queued) == 1);
}

TEST_CASE("rooms, members, sockets and users can be listed within bounds") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1);
  for (auto room : {"a", "b", "c"})
    ann.say(std::string(R"(42["join_room",")") + room + R"("])");
  bob.say(R"(42["join_room","a"])");

  std::vector<actors::room_summary> rooms;
  w.layer->list_rooms(100, [&](auto found) { rooms = std::move(found.list); });
  w.run();
  REQUIRE(rooms.size() == 3);
  const auto a = std::find_if(rooms.begin(), rooms.end(), [](auto& r) { return r.room == "a"; });
  REQUIRE(a != rooms.end());
  CHECK(a->nsp == "/");
  CHECK(a->members == 2);
  std::uint64_t total = 0;
  bool cut = false;
  w.layer->list_rooms(2, [&](auto found) {
    rooms = std::move(found.list);
    total = found.total;
    cut = found.cut;
  });
  w.run();
  CHECK(rooms.size() == 2);
  CHECK(total == 3);
  CHECK(cut);

  std::vector<actors::member_summary> members;
  w.layer->list_members("/", "a", 10, [&](auto found) { members = std::move(found.list); });
  w.run();
  CHECK(members.size() == 2);
  w.layer->list_members("/", "none", 10, [&](auto found) { members = std::move(found.list); });
  w.run();
  CHECK(members.empty());
  CHECK(w.counts.rooms.get() == 3); // asking makes no room

  std::vector<actors::socket_summary> sockets;
  auto keep = [&](auto found) { sockets = std::move(found.list); };
  w.layer->list_sockets({"/", {}, {}}, 10, keep);
  w.run();
  CHECK(sockets.size() == 2);
  w.layer->list_sockets({"/", {"b"}, {}}, 10, keep);
  w.run();
  REQUIRE(sockets.size() == 1);
  CHECK(sockets[0].who.user_id == "ann");
  CHECK(sockets[0].rooms.size() == 3);
  w.layer->list_sockets({"/", {}, {"b"}}, 10, keep);
  w.run();
  CHECK(sockets.size() == 1);

  actors::user_summary user;
  w.layer->find_user("ann", [&](auto found) { user = found; });
  w.run();
  CHECK(user.online);
  CHECK(user.sockets == 1);
  w.layer->find_user("zoe", [&](auto found) { user = found; });
  w.run();
  CHECK_FALSE(user.online);
}

TEST_CASE("control joins, removes and disconnects what is selected") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1);
  w.layer->control({"/", {}, {}}, ports::control_join{{"x"}});
  w.run();
  CHECK(w.egress.in_room(room_key("/", "x"), ann.ref));
  CHECK(w.egress.in_room(room_key("/", "x"), bob.ref));
  bob.say(R"(42["join_room","y"])");
  w.layer->control({"/", {"y"}, {}}, ports::control_leave{{"x"}});
  w.run();
  CHECK_FALSE(w.egress.in_room(room_key("/", "x"), bob.ref));
  ann.heard();
  w.layer->control({"/", {"x"}, {}}, ports::control_disconnect{});
  w.run();
  CHECK(ann.heard() == lines{"41"});
  CHECK(ann.open());
  w.layer->control({"/", {"y"}, {}}, ports::control_disconnect{true});
  w.run();
  CHECK_FALSE(bob.open());
}

TEST_CASE("a broadcast with acks ends when all have answered, or in time") {
  world w;
  auto ann = w.join_as("ann", 0), bob = w.join_as("bob", 1);
  auto outsider = w.open();
  outsider.connect("cid", "/chat");
  std::optional<actors::ack_summary> summary;
  logic::broadcast ask;
  ask.event = "ask";
  w.layer->broadcast_with_ack({"/", {}, {}}, ask, duration(1'000), [&](auto s) { summary = std::move(s); });
  w.run();
  const auto heard = ann.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard == bob.heard());
  CHECK(outsider.heard().empty());
  const auto id = heard[0].substr(2, heard[0].find('[') - 2);
  CHECK(std::stoull(id) >= 1u << 30);
  CHECK(std::stoull(id) < 1u << 31);
  ann.say("43" + id + "[1]").say("43" + id + "[9]");
  outsider.say("43/chat," + id + "[3]");
  CHECK_FALSE(summary);
  SECTION("all") {
    bob.say("43" + id + "[2]");
    REQUIRE(summary);
    CHECK(summary->expected == 2);
    CHECK(summary->answers.size() == 2);
    w.advance(duration(2'000));
  }
  SECTION("time") {
    w.advance(duration(1'001));
    REQUIRE(summary);
    CHECK(summary->expected == 2);
    REQUIRE(summary->answers.size() == 1);
    CHECK(summary->answers[0].second.json == "1");
  }
}

TEST_CASE("a broadcast with acks to nobody ends at once") {
  world w;
  std::optional<actors::ack_summary> summary;
  logic::broadcast ask;
  ask.event = "ask";
  w.layer->broadcast_with_ack({"/", {"none"}, {}}, ask, duration(1'000), [&](auto s) { summary = std::move(s); });
  w.run();
  REQUIRE(summary);
  CHECK(summary->expected == 0);
}

TEST_CASE("a callback that throws harms nobody") {
  world w;
  auto ann = w.join_as("ann");
  ann.say(R"(42["join_room","a"])");
  ann.heard();
  w.layer->publish("/", message("a"), [](auto) { throw std::runtime_error("no"); });
  w.layer->list_rooms(9, [](auto) { throw std::runtime_error("no"); });
  w.run();
  CHECK(w.counts.actor_failures.get() == 0);
  CHECK(w.counts.handler_exceptions.get() == 2);
  CHECK(ann.heard().size() == 1);
}

TEST_CASE("the stop tells logic, ends everything, and nothing starts after it") {
  world w;
  auto c = w.open();
  c.connect("ann", "/lab");
  w.lab->events["in"] = [](auto&, auto&) { return logic::effects{logic::join{"a"}}; };
  c.say(R"(42/lab,["in"])");
  CHECK(w.layer->stop(duration(5'000)));
  CHECK(w.lab->disconnects == lines{"ann: server shutting down a"});
  CHECK(w.counts.connections.get() == 0);
  CHECK(w.counts.sockets.get() == 0);
  CHECK(w.counts.rooms.get() == 0);
  CHECK(w.counts.presences.get() == 0);
  CHECK(w.counts.memberships.get() == 0);
  auto late = w.open();
  late.say_only("40");
  CHECK(late.heard().empty());
  CHECK(w.counts.connections.get() == 0);
  w.layer->publish("/", message("a"));
  CHECK(w.layer->stop(duration(5'000)));
}
