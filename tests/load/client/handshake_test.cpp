#include "core/ws/handshake.hpp"
#include "load/client/handshake.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::load;

namespace {

struct meeting {
  explicit meeting(options given = {}) : o{std::move(given)} {
    o.room_prefix = "r";
    c.index = 3;
    c.room = 2;
    c.more().started_ns = c.more().phase_ns = 0;
    c.at = phase::connecting;
  }
  /// The payload of what the client sends in answer to `text`; the mask is zero.
  std::string say(std::string_view text) {
    const auto step = h.on_text(c, text, ++now);
    REQUIRE_FALSE(step.over);
    return step.send.size() < 6 ? step.send : step.send.substr(6);
  }
  std::string refuse(std::string_view text) {
    const auto step = h.on_text(c, text, ++now);
    REQUIRE(step.over);
    return *step.over;
  }
  void upgrade() {
    h.connected(c, false, ++now);
    REQUIRE_FALSE(h.on_http(c, switching(), ++now).over);
  }
  std::string switching() const {
    const auto request = h.request("host:1");
    const auto at = request.find("Sec-WebSocket-Key: ") + 19;
    const auto key = request.substr(at, request.find("\r\n", at) - at);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nsec-websocket-ACCEPT: " + ws::accept_key(key)
           + "\r\n\r\n";
  }

  options o;
  handshake h{o};
  client c;
  std::int64_t now = 0;
};

} // namespace

TEST_CASE("the way into a room") {
  meeting m;
  CHECK(m.h.request("host:1").starts_with("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: host:1\r\n"));
  m.upgrade();
  CHECK(m.c.at == phase::opening);
  CHECK(m.say("2").empty());
  CHECK(m.say(R"(0{"sid":"x"})") == "40");
  CHECK(m.c.at == phase::naming);
  CHECK(m.say(R"(40{"sid":"y"})") == R"(420["join_room","r2"])");
  CHECK(m.c.at == phase::joining);
  CHECK(m.say(R"(42["room_joined",{}])").empty());
  CHECK(m.c.at == phase::joining);
  CHECK(m.say(R"(430[{"ok":true}])").empty());
  CHECK(m.c.at == phase::live);
  const auto& t = m.h.times();
  CHECK(t.tcp.count() == 1);
  CHECK(t.tls.count() == 0);
  CHECK(t.websocket.count() == 1);
  CHECK(t.socketio.count() == 1);
  CHECK(t.join.count() == 1);
  CHECK(t.total.max() == m.now);
}

TEST_CASE("a namespace, an identity and an event as the answer") {
  options o;
  o.nsp = "/chat";
  o.auth = {R"({"n":0})", R"({"user":"u{index}"})"};
  o.join_reply = {join_answer::kind::event, "welcome"};
  meeting m{o};
  m.upgrade();
  CHECK(m.say(R"(0{})") == R"(40/chat,{"user":"u3"})");
  CHECK(m.say(R"(40{"sid":"another namespace"})").empty());
  CHECK(m.say(R"(40/chat,{"sid":"y"})") == R"(42/chat,["join_room","r2"])");
  CHECK(m.say(R"(42/chat,["welcomed"])").empty());
  CHECK(m.c.at == phase::joining);
  m.say(R"(42/chat,["welcome",1])");
  CHECK(m.c.at == phase::live);
}

TEST_CASE("without an answer to the join, and without a join") {
  options o;
  SECTION("nobody answers") {
    o.join_reply = {join_answer::kind::none, {}};
    meeting m{o};
    m.upgrade();
    m.say("0{}");
    CHECK(m.say(R"(40{"sid":"y"})") == R"(42["join_room","r2"])");
    CHECK(m.c.at == phase::live);
  }
  SECTION("nobody joins") {
    o.join.clear();
    meeting m{o};
    m.upgrade();
    m.say("0{}");
    CHECK(m.say(R"(40{"sid":"y"})").empty());
    CHECK(m.c.at == phase::live);
    CHECK(m.h.times().join.count() == 0);
  }
}

TEST_CASE("servers that say no are quoted") {
  meeting m;
  m.h.connected(m.c, false, 1);
  const auto busy = m.h.on_http(m.c, "HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\n", 2);
  REQUIRE(busy.over);
  CHECK(busy.over->find("HTTP/1.1 503 Service Unavailable\"") != std::string::npos);
  const auto wrong = m.h.on_http(m.c, "HTTP/1.1 101 OK\r\nSec-WebSocket-Accept: nonsense\r\n\r\n", 2);
  REQUIRE(wrong.over);
  CHECK(wrong.over->find("key") != std::string::npos);
  m.upgrade();
  m.say("0{}");
  CHECK(m.refuse(R"(44{"message":"no token"})").find("no token") != std::string::npos);
  m.say(R"(40{"sid":"y"})");
  CHECK(m.refuse(R"(430[{"ok":false,"error":{"code":"room_full"}}])").find("room_full") != std::string::npos);
  CHECK(m.refuse("41").find("disconnected") != std::string::npos);
}
