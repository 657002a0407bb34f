#include "support/world.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

TEST_CASE("CONNECT is answered by the socket's id and nothing else") {
  world w;
  auto c = w.open();
  c.say(R"(40{"user":"ann"})");
  const auto heard = c.heard();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].starts_with(R"(40{"sid":")"));
  CHECK(heard[0].size() == std::string(R"(40{"sid":""})").size() + 20);
  CHECK(w.egress.joined.contains(c.ref));
  CHECK(w.counts.sockets.get() == 1);
}

TEST_CASE("CONNECT without a payload is accepted") {
  world w;
  auto c = w.open();
  c.say("40");
  CHECK(c.heard().size() == 1);
}

TEST_CASE("an unknown namespace is refused and the connection stays") {
  world w;
  auto c = w.open();
  c.say("40/nope,");
  CHECK(c.heard() == lines{R"(44/nope,{"message":"Invalid namespace"})"});
  CHECK(c.open());
  c.say("40");
  CHECK(c.heard().size() == 1);
}

TEST_CASE("who is not let in hears why, with a code") {
  world w;
  auto c = w.open();
  c.say(R"(40{"user":"mallory"})");
  CHECK(c.heard() == lines{R"(44{"message":"mallory may not","data":{"code":"unauthorized"}})"});
  CHECK(c.open());
  CHECK(w.counts.refusals.snapshot()["unauthorized"] == 1);
}

TEST_CASE("logic may refuse a socket, and may greet it after the answer") {
  world w;
  auto c = w.open();
  w.lab->connect = [](auto& s) -> result<logic::effects> {
    if (s.who.user_id == "ann")
      return logic::effects{test::emit("hello", "1")};
    return error{"banned", "go away"};
  };
  c.say(R"(40/lab,{"user":"bob"})");
  CHECK(c.heard() == lines{R"(44/lab,{"message":"go away","data":{"code":"banned"}})"});
  c.say(R"(40/lab,{"user":"ann"})");
  const auto heard = c.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].starts_with("40/lab,{\"sid\""));
  CHECK(heard[1] == R"(42/lab,["hello",1])");
}


TEST_CASE("what a client may not send") {
  const std::vector<std::pair<std::string, std::string>> offences{
    {"40", "forced close"},                      // joined already
    {R"(42/chat,["hi"])", "forced close"},       // never joined
    {"41/chat,", "forced close"},                //
    {"43/chat,1[]", "forced close"},             //
    {R"(44{"message":"no"})", "forced close"},   // the server's own word
    {"40/chat,[]", "parse error"},               // payload is no object
    {R"(40/chat,"s")", "parse error"},           //
    {"42[]", "parse error"},                     //
    {"42{}", "parse error"},                     //
    {R"(42["disconnect"])", "parse error"},      //
    {"47", "parse error"},                       //
  };
  for (auto& [packet, reason] : offences) {
    world w;
    auto c = w.join_as("ann");
    c.say(packet);
    INFO(packet);
    CHECK(w.closed_for(c.ref) == reason);
    CHECK(w.counts.sockets.get() == 0);
    CHECK(w.counts.connections.get() == 0);
  }
}

TEST_CASE("an event before any CONNECT closes the connection") {
  world w;
  auto c = w.open();
  c.say(R"(42["hi"])");
  CHECK(w.closed_for(c.ref) == "forced close");
}

TEST_CASE("what does no harm is ignored") {
  world w;
  auto c = w.join_as("ann");
  for (auto packet : {"42", "43", "4399[]", "43[]"})
    c.say(packet);
  CHECK(c.heard().empty());
  CHECK(c.open());
}

TEST_CASE("several namespaces on one connection are sockets of their own") {
  world w;
  auto c = w.open();
  const auto id = c.connect("ann");
  const auto chat_id = c.connect("ann", "/chat");
  CHECK(id.size() == 20);
  CHECK(chat_id.size() == 20);
  CHECK(id != chat_id);
  CHECK(w.counts.sockets.get() == 2);
  c.say("41/chat,");
  CHECK(w.counts.sockets.get() == 1);
  CHECK(c.open());
  c.say(R"(42["join_room","a"])");
  CHECK(c.open());
  CHECK(c.connect("ann", "/chat").size() == 20);
}

TEST_CASE("namespaces per connection are limited") {
  actors::options o;
  o.limit.max_namespaces_per_connection = 2;
  world w(o);
  auto c = w.join_as("ann");
  c.connect("ann", "/chat1");
  c.say("40/chat2,{}");
  CHECK(c.heard() == lines{R"(44/chat2,{"message":"one connection may join 2 namespaces","data":{"code":"namespace_limit"}})"});
  c.say("41/chat1,");
  CHECK(c.connect("ann", "/chat2").size() == 20);
}

TEST_CASE("who sends CONNECT again and again is refused, then disconnected") {
  world w;
  auto c = w.open();
  for (int i = 0; i < 600; ++i)
    c.say("40/nope,");
  c.heard();
  c.say("40/nope,");
  CHECK(mentions(c.heard(), R"("data":{"code":"rate_limited"})"));
  CHECK(c.open());
  c.say("40/nope,");
  CHECK(w.closed_for(c.ref) == "forced close");
}

TEST_CASE("the end of a namespace reaches logic in Socket.IO's words") {
  world w;
  w.lab->events["join"] = [](auto&, auto&) { return logic::effects{logic::join{"a"}}; };
  w.lab->events["kick"] = [](auto&, auto&) { return logic::effects{logic::disconnect{}, test::emit("never")}; };
  w.lab->events["close"] = [](auto&, auto&) { return logic::effects{logic::disconnect{true}}; };
  auto c = w.open();
  c.connect("ann", "/lab");

  SECTION("the client leaves") {
    c.say("42/lab,[\"join\"]");
    c.say("41/lab,");
    CHECK(w.lab->disconnects == lines{"ann: client namespace disconnect a"});
    CHECK(c.heard().empty());
    CHECK(c.open());
  }
  SECTION("the server ends it, and late packets are no offence") {
    c.say("42/lab,[\"kick\"]");
    CHECK(w.lab->disconnects == lines{"ann: server namespace disconnect"});
    CHECK(c.heard() == lines{"41/lab,"});
    c.say("42/lab,[\"join\"]");
    c.say("41/lab,");
    CHECK(c.open());
    CHECK(c.connect("ann", "/lab").size() == 20);
  }
  SECTION("the server ends everything") {
    c.connect("ann", "/lab2");
    c.say("42/lab,[\"close\"]");
    CHECK(w.lab->disconnects.size() == 2);
    CHECK(w.closed_for(c.ref) == "forced close");
  }
  SECTION("the transport breaks") {
    c.drop(engineio::close_reason::ping_timeout);
    CHECK(w.lab->disconnects == lines{"ann: ping timeout"});
  }
}

TEST_CASE("a token that ends closes its socket at that moment") {
  world w;
  auto c = w.open();
  c.say(R"(40{"user":"ann","expires":)" + std::to_string(w.wall() + 60'000) + "}");
  c.heard();
  w.advance(duration(59'000));
  CHECK(c.heard().empty());
  w.advance(duration(1'100));
  const auto heard = c.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].find("token_expired") != std::string::npos);
  CHECK(heard[1] == "41");
  CHECK(w.counts.sockets.get() == 0);
}
