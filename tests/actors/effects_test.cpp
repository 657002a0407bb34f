// What logic may ask of a connection, one effect after another.

#include "support/world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

namespace {

/// Somebody in /lab whose event `go` has these effects.
struct lab {
  explicit lab(actors::options o = {}) : w(o), c(w.open(0)) { id = c.connect("ann", "/lab"); }
  void go(logic::effects e, std::string packet = R"(42/lab,["go"])") {
    w.lab->events["go"] = [e = std::move(e)](auto&, auto&) { return e; };
    c.say(packet);
  }
  world w;
  world::client c;
  std::string id;
};

logic::emit asking(std::string event, std::string& heard, duration timeout = duration(0)) {
  auto e = test::emit(std::move(event));
  e.ack_timeout = timeout;
  e.on_ack = [&heard](result<logic::arguments> r) { heard += r ? "[" + r->json + "]" : r.error().code; };
  return e;
}

std::string id_of(const std::string& event) { // 42/lab,7["x"] -> 7
  const auto start = event.find(',') + 1;
  return event.substr(start, event.find('[') - start);
}

} // namespace

TEST_CASE("logic sees the event as it was sent") {
  lab l;
  std::string seen;
  l.w.lab->events["ev"] = [&](auto& s, const logic::inbound_event& e) {
    seen += s.who.user_id + " " + std::string(e.args) + (e.wants_ack ? " ack" : "") + ";";
    return logic::effects{};
  };
  l.c.say(R"(42/lab,["ev"])").say(R"(42/lab,["ev",1,{"b":[2,"x"]}])").say(R"(42/lab,5["ev", null ])");
  CHECK(seen == "ann [];ann [1,{\"b\":[2,\"x\"]}];ann [null ] ack;");
}

TEST_CASE("an event may be called by a number") {
  lab l;
  l.w.lab->events["7"] = [&](auto&, auto&) { return logic::effects{test::emit("seven")}; };
  l.c.say("42/lab,[7]");
  CHECK(l.c.heard() == lines{R"(42/lab,["seven"])"});
}

TEST_CASE("the first answer counts, and nobody who did not ask gets one") {
  lab l;
  const logic::effects twice{logic::reply{{"1", {}}, {}}, logic::reply{{"2", {}}, {}}};
  l.go(twice, R"(42/lab,9["go"])");
  CHECK(l.c.heard() == lines{"43/lab,9[1]"});
  l.go(twice);
  CHECK(l.c.heard().empty());
}

TEST_CASE("an answer may come after its event") {
  lab l;
  std::uint64_t id = 0;
  l.w.lab->events["later"] = [&](auto&, const logic::inbound_event& e) {
    id = e.ack_id;
    return logic::effects{};
  };
  l.c.say(R"(42/lab,31["later"])");
  CHECK(l.c.heard().empty());
  bool found = false;
  l.w.layer->perform("/lab", l.id, {logic::reply{{"\"now\"", {}}, id}}, [&](auto p) { found = p == actors::performed::done; });
  l.w.run();
  CHECK(found);
  CHECK(l.c.heard() == lines{R"(43/lab,31["now"])"});
}

TEST_CASE("effects for a socket that is gone are not carried out") {
  lab l;
  int gone = 0;
  auto missing = [&](auto p) { gone += p == actors::performed::unknown_socket; };
  l.w.layer->perform("/lab", "no-such-socket-id-00", {test::emit("x")}, missing);
  l.w.layer->perform("/lab", "short", {test::emit("x")}, missing);
  const auto old = l.id;
  l.c.say("41/lab,");
  l.c.connect("ann", "/lab");
  l.w.layer->perform("/lab", old, {test::emit("x")}, missing);
  l.w.run();
  CHECK(gone == 3);
  CHECK(l.c.heard().empty());
}

TEST_CASE("events leave in order, with their attachments behind them") {
  lab l;
  auto binary = test::emit("b", R"({"_placeholder":true,"num":0})");
  binary.args.attachments = {"abc"};
  l.go({test::emit("one", "1"), binary, test::emit("two", "2,3")});
  CHECK(l.c.heard()
        == lines{R"(42/lab,["one",1])", R"(451-/lab,["b",{"_placeholder":true,"num":0}])", "<3 bytes>", R"(42/lab,["two",2,3])"});
}

TEST_CASE("a volatile event is dropped for a client that cannot take it") {
  lab l;
  l.w.egress.blocked.insert(l.c.ref);
  auto v = test::emit("v");
  v.is_volatile = true;
  l.go({v, test::emit("w")});
  CHECK(l.c.heard() == lines{R"(42/lab,["w"])"});
  CHECK(l.w.counts.volatile_dropped.get() == 1);
}

TEST_CASE("a client's ack reaches who asked, once") {
  std::string heard;
  lab l;
  l.go({asking("q", heard)});
  const auto q = l.c.heard();
  REQUIRE(q.size() == 1);
  const auto id = id_of(q[0]);
  l.c.say("43/lab," + id + R"([1,"x"])");
  l.c.say("43/lab," + id + "[2]");
  CHECK(heard == R"([1,"x"])");
  CHECK(l.w.counts.pending_acks.get() == 0);
}

TEST_CASE("an ack that does not come is an error: too late, or gone") {
  std::string heard;
  lab l;
  SECTION("time") {
    l.go({asking("q", heard, duration(1'000))});
    l.w.advance(duration(999));
    CHECK(heard.empty());
    l.w.advance(duration(2));
    CHECK(heard == "ack_timeout");
    l.c.say("43/lab," + id_of(l.c.heard()[0]) + "[1]");
    CHECK(heard == "ack_timeout");
    CHECK(l.w.counts.ack_timeouts.get() == 1);
  }
  SECTION("namespace left") {
    l.go({asking("q", heard)});
    l.c.say("41/lab,");
    CHECK(heard == "disconnected");
  }
  SECTION("session gone") {
    l.go({asking("q", heard, duration(1'000))});
    l.c.drop();
    CHECK(heard == "disconnected");
    l.w.advance(duration(2'000));
    CHECK(heard == "disconnected");
  }
  CHECK(l.w.counts.pending_acks.get() == 0);
}

TEST_CASE("several deadlines run beside each other") {
  std::string a, b, c;
  lab l;
  l.go({asking("a", a, duration(3'000)), asking("b", b, duration(1'000)), asking("c", c, duration(2'000))});
  l.w.advance(duration(1'000));
  CHECK((a + b + c) == "ack_timeout");
  CHECK(b == "ack_timeout");
  l.w.advance(duration(1'000));
  CHECK(c == "ack_timeout");
  CHECK(a.empty());
  l.w.advance(duration(1'000));
  CHECK(a == "ack_timeout");
}

TEST_CASE("acks that a client owes are limited") {
  actors::options o;
  o.limit.max_pending_acks = 1;
  std::string heard;
  lab l(o);
  l.go({asking("q", heard), asking("q", heard)});
  CHECK(heard == "too_many_pending_acks");
  CHECK(l.c.heard().size() == 1);
}

TEST_CASE("a broadcast reaches rooms once each, less the excepted") {
  world w;
  std::map<std::string, world::client> all;
  std::map<std::string, std::string> ids;
  w.lab->events["in"] = [](auto&, const logic::inbound_event& e) {
    return logic::effects{logic::join{std::string(e.args.substr(2, 1))}};
  };
  for (auto [user, rooms] : {std::pair{"ann", "ab"}, {"bob", "b"}, {"cid", "c"}, {"dan", ""}}) {
    auto c = w.open(static_cast<std::uint16_t>(all.size() % 2));
    ids[user] = c.connect(user, "/lab");
    for (char room : std::string(rooms))
      c.say("42/lab,[\"in\",\"" + std::string(1, room) + "\"]");
    all.emplace(user, c);
  }
  auto heard = [&] {
    std::string who;
    for (auto& [user, c] : all)
      for (auto& line : c.heard())
        who += user.substr(0, 1) + (line == R"(42/lab,["x",1])" ? "" : "?");
    return who;
  };
  auto from_ann = [&](logic::broadcast b) {
    b.event = "x";
    b.args.json = "1";
    w.lab->events["go"] = [b](auto&, auto&) { return logic::effects{b}; };
    all.at("ann").say(R"(42/lab,["go"])");
    return heard();
  };
  auto to = [](lines rooms, lines except = {}, bool include_sender = true) {
    logic::broadcast b;
    b.rooms = std::move(rooms);
    b.except = std::move(except);
    b.include_sender = include_sender;
    return b;
  };
  CHECK(from_ann(to({})) == "abcd");
  CHECK(from_ann(to({}, {}, false)) == "bcd");
  CHECK(from_ann(to({"a", "b"})) == "ab");
  CHECK(from_ann(to({"b"}, {}, false)) == "b");
  CHECK(from_ann(to({}, {"b"})) == "cd");
  CHECK(from_ann(to({ids["cid"]})) == "c");
  CHECK(from_ann(to({ids["cid"], "b"}, {ids["bob"]})) == "ac");
  CHECK(from_ann(to({"nowhere"})).empty());

  const actors::selection members{"/lab", {"b"}, {}};
  logic::broadcast b;
  b.event = "x";
  b.args.json = "1";
  w.layer->broadcast(members, b);
  w.run();
  CHECK(heard() == "ab");
}

TEST_CASE("refusals: an ack, or the event error; each counted") {
  lab l;
  const logic::effects no{logic::refuse{{"no_way", "because"}}};
  l.go(no, R"(42/lab,2["go"])");
  l.go(no);
  CHECK(l.c.heard()
        == lines{R"(43/lab,2[{"ok":false,"error":{"code":"no_way","message":"because"}}])",
                 R"(42/lab,["error",{"ok":false,"error":{"code":"no_way","message":"because"}}])"});
  CHECK(l.w.counts.refusals.snapshot()["no_way"] == 2);
}

TEST_CASE("room names that no room can have are refused") {
  lab l;
  for (auto& room : {std::string(), std::string("a\0b", 3), std::string(256, 'x')}) {
    l.go({logic::join{room}}, R"(42/lab,1["go"])");
    CHECK(mentions(l.c.heard(), R"("ok":false)"));
  }
  CHECK(l.w.counts.rooms.get() == 0);
}

TEST_CASE("records go to the event log and nowhere else") {
  lab l;
  l.go({logic::record{"actions", R"({"a":1})"}});
  CHECK(l.w.recorded == lines{R"(actions {"a":1})"});
  CHECK(l.c.heard().empty());
}

TEST_CASE("events beyond the rate are refused until a token comes back") {
  actors::options o;
  o.limit.events_per_minute = 3;
  lab l(o);
  int handled = 0;
  l.w.lab->events["go"] = [&](auto&, auto&) {
    ++handled;
    return logic::effects{};
  };
  for (int i = 0; i < 5; ++i)
    l.c.say(R"(42/lab,1["go"])");
  CHECK(handled == 3);
  const auto heard = l.c.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].starts_with(R"(43/lab,1[{"ok":false,"error":{"code":"rate_limited")"));
  l.c.say(R"(42/lab,["go"])");
  CHECK(mentions(l.c.heard(), R"(["error",)"));
  l.w.advance(duration(20'000));
  l.c.say(R"(42/lab,["go"])");
  CHECK(handled == 4);
  CHECK(l.w.counts.refusals.snapshot()["rate_limited"] == 3);
}
