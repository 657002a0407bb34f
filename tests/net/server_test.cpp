// The net part over loopback sockets, with an application that echoes.

#include "net/server.hpp"

#include "core/frame/frame_builder.hpp"
#include "core/ws/frame_writer.hpp"
#include "net/client.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sys/socket.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

using namespace troupe;
using namespace troupe::testing;
using namespace std::chrono_literals;

namespace {

/// Echoes every message and tells the test what happened.
class echo_app final : public ports::session_acceptor {
 public:
  ports::egress* egress = nullptr;

  std::unique_ptr<ports::session_sink> on_open(session_ref ref, engineio::handshake_ptr) override {
    note([&] { opened.push_back(ref); });
    return std::make_unique<sink>(*this, ref);
  }
  template<class F>
  bool wait_for(F&& f) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 20s, f);
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<session_ref> opened;
  std::map<engineio::close_reason, int> closed;
  bool echo = true;

 private:
  template<class F>
  void note(F&& f) {
    std::lock_guard lock(mutex);
    f();
    changed.notify_all();
  }
  struct sink final : ports::session_sink {
    sink(echo_app& a, session_ref r) : app(a), ref(r) {}
    void on_message(std::string_view bytes, bool binary) override {
      if (!app.echo)
        return;
      std::string wire, payload = (binary ? "" : "4") + std::string(bytes);
      ws::append_frame(wire, binary ? ws::opcode::binary : ws::opcode::text, payload);
      auto size = static_cast<std::uint32_t>(payload.size());
      auto offset = static_cast<std::uint32_t>(wire.size()) - size;
      app.egress->send_now(ref, frame_ptr(new frame(std::move(wire), {{offset, size, binary}})));
    }
    void on_close(engineio::close_reason why) override {
      app.note([&] { ++app.closed[why]; });
    }
    void on_control(const ports::control&) override {}
    echo_app& app;
    session_ref ref;
  };
};

struct fixture {
  explicit fixture(net::server_options o = {}, net::engine_options e = {}) : server(prepare(o)) {
    app.egress = &server;
    e.connect_timeout = duration(0);
    server.set_endpoints({{e, &app}}, nullptr);
    auto r = server.start();
    REQUIRE(r.has_value());
    port = *r;
  }
  ~fixture() { server.stop(); }
  static net::server_options prepare(net::server_options o) {
    o.host = "127.0.0.1";
    o.port = 0;
    o.shards = 2;
    return o;
  }
  std::uint64_t requests() const {
    std::uint64_t n = 0;
    for (std::uint16_t s = 0; s < server.shards(); ++s)
      n += server.counters(s).http_requests;
    return n;
  }
  echo_app app;
  net::server server;
  unsigned short port = 0;
};

const std::string base = "/socket.io/?EIO=4&transport=";

std::string sid_of(const std::string& open) {
  auto p = open.find("\"sid\":\"");
  return open.substr(p + 7, 20);
}

outbound_ptr event(std::string data, bool is_volatile = false) {
  socketio::packet p;
  p.data = std::move(data);
  frame_options o;
  o.is_volatile = is_volatile;
  return build_outbound(std::move(p), o);
}

} // namespace

TEST_CASE("a WebSocket session echoes text and binary") {
  fixture f;
  ws_client c(f.port, base + "websocket");
  auto open = c.receive();
  REQUIRE(open);
  CHECK(open->starts_with("0{\"sid\":\""));
  CHECK(open->find("\"upgrades\":[]") != std::string::npos);
  c.send("4hello");
  CHECK(c.receive() == "4hello");
  c.send(std::string("\x00\x01\x02", 3), true);
  CHECK(c.receive() == std::string("\x00\x01\x02", 3));
  c.close();
  CHECK(f.app.wait_for([&] { return f.app.closed[engineio::close_reason::transport_close] == 1; }));
}

TEST_CASE("polling echoes from whichever shard the connections come to") {
  fixture f;
  for (int i = 0; i < 20; ++i) {
    http_client a(f.port), b(f.port);
    auto open = a.request("GET", base + "polling");
    REQUIRE(open.status == 200);
    CHECK(open.body.find("\"upgrades\":[\"websocket\"]") != std::string::npos);
    auto at = base + "polling&sid=" + sid_of(open.body);
    CHECK(b.request("POST", at, "4one\x1e" "4two\x1e" "bAQID").body == "ok");
    CHECK(b.request("GET", at).body == "4one\x1e" "4two\x1e" "bAQID");
  }
}

TEST_CASE("an upgrade moves the session, with nothing lost on the way") {
  fixture f;
  http_client c(f.port);
  auto sid = sid_of(c.request("GET", base + "polling").body);
  auto at = base + "polling&sid=" + sid;
  ws_client ws(f.port, base + "websocket&sid=" + sid);
  ws.send("2probe");
  CHECK(ws.receive() == "3probe");
  CHECK(c.request("POST", at, "4queued").status == 200);
  ws.send("5");
  CHECK(ws.receive() == "4queued");
  ws.send("4after");
  CHECK(ws.receive() == "4after");
  CHECK(c.request("GET", at).status == 400);
}

TEST_CASE("refusals carry their code") {
  fixture f;
  http_client c(f.port);
  CHECK(c.request("GET", "/socket.io/?EIO=4").body == R"({"code":0,"message":"Transport unknown"})");
  CHECK(c.request("GET", base + "polling&sid=abc").body == R"({"code":1,"message":"Session ID unknown"})");
  CHECK(c.request("POST", base + "polling").body == R"({"code":2,"message":"Bad handshake method"})");
  http_client d(f.port);
  CHECK(d.request("GET", base + "websocket").body == R"({"code":3,"message":"Bad request"})");
  auto r = d.request("GET", base + "polling", {}, {{"Origin", "https://evil.example"}});
  CHECK(r.status == 403);
  CHECK(d.request("GET", "/socket.io/?EIO=3&transport=polling").body ==
        R"({"code":5,"message":"Unsupported protocol version"})");
}

TEST_CASE("a broadcast reaches the members on all shards once, in order, and nobody else") {
  fixture f;
  std::vector<std::unique_ptr<ws_client>> clients;
  for (int i = 0; i < 24; ++i) {
    clients.push_back(std::make_unique<ws_client>(f.port, base + "websocket"));
    clients.back()->receive();
  }
  REQUIRE(f.app.wait_for([&] { return f.app.opened.size() == 24; }));
  auto members = f.app.opened;
  auto outsider = members.back();
  for (auto& m : members)
    if (m != outsider)
      f.server.submit(m.shard, ports::roster_join{"room", m});
  auto room = std::make_shared<const std::string>("room");
  for (int n = 0; n < 50; ++n)
    for (std::uint16_t s = 0; s < f.server.shards(); ++s)
      f.server.submit(s, ports::fan_out_room{room, event("[\"n\"," + std::to_string(n) + "]"), {}});
  for (auto& m : members)
    f.server.submit(m.shard, ports::send_to{m, event("[\"end\"]")});
  int silent = 0;
  for (auto& c : clients) {
    int n = 0;
    for (auto got = c->receive(); got && *got != "42[\"end\"]"; got = c->receive())
      REQUIRE(*got == "42[\"n\"," + std::to_string(n++) + "]");
    CHECK((n == 50 || n == 0));
    silent += n == 0;
  }
  CHECK(silent == 1);
}

TEST_CASE("targets are unions less exceptions, each session once") {
  fixture f;
  std::vector<std::unique_ptr<ws_client>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<ws_client>(f.port, base + "websocket"));
    clients.back()->receive();
    REQUIRE(f.app.wait_for([&] { return f.app.opened.size() == std::size_t(i) + 1; }));
  }
  auto& m = f.app.opened;
  auto join = [&](int who, const char* room) { f.server.submit(m[who].shard, ports::roster_join{room, m[who]}); };
  join(0, "a");
  join(0, "b"); // in both: once
  join(1, "a");
  join(1, "muted");
  join(2, "b");
  auto to = std::make_shared<ports::target>();
  to->rooms = {"a", "b"};
  to->except = {"muted"};
  to->sessions = {m[3]};
  std::atomic<std::size_t> reached{0};
  std::atomic<int> answers{0};
  for (std::uint16_t s = 0; s < 2; ++s)
    f.server.submit(s, ports::fan_out{to, event("[\"x\"]"), [&](std::size_t n) {
                                        reached += n;
                                        ++answers;
                                      }});
  for (auto& who : m)
    f.server.submit(who.shard, ports::send_to{who, event("[\"end\"]")});
  std::vector<int> got(4, 0);
  for (int i = 0; i < 4; ++i)
    for (auto r = clients[i]->receive(); r && *r != "42[\"end\"]"; r = clients[i]->receive())
      ++got[i];
  CHECK(got == std::vector<int>{1, 0, 1, 1});
  REQUIRE(f.app.wait_for([&] { return answers == 2; })); // a shard without members may be the later one
  CHECK(reached == 3);
}

TEST_CASE("a slow reader loses volatile events, then the connection; its neighbours notice nothing") {
  net::server_options o;
  o.limit.max_queued_bytes = 200'000;
  fixture f(o);
  ws_client slow(f.port, base + "websocket"), quick(f.port, base + "websocket");
  slow.receive();
  quick.receive();
  REQUIRE(f.app.wait_for([&] { return f.app.opened.size() == 2; }));
  for (auto& m : f.app.opened)
    f.server.submit(m.shard, ports::roster_join{"room", m});
  auto room = std::make_shared<const std::string>("room");
  std::string filler = "[\"x\",\"" + std::string(50'000, 'x') + "\"]";
  for (int i = 0; i < 400; ++i) {
    for (std::uint16_t s = 0; s < 2; ++s)
      f.server.submit(s, ports::fan_out_room{room, event(filler, i % 2 == 0), {}});
    auto got = quick.receive(); // volatile ones may be missing, the others not
    if (i % 2 == 0 && got && got->size() < 100)
      continue;
    REQUIRE(got);
  }
  CHECK(f.app.wait_for([&] { return f.app.closed[engineio::close_reason::slow_reader] == 1; }));
  std::uint64_t dropped = 0;
  for (std::uint16_t s = 0; s < 2; ++s)
    dropped += f.server.counters(s).volatile_dropped;
  CHECK(dropped > 0);
}

TEST_CASE("beyond max_connections handshakes wait, and beyond the queue they are refused") {
  net::server_options o;
  o.limit.max_connections = 1;
  o.limit.connection_queue = 1;
  o.limit.connection_queue_timeout = duration(20'000);
  fixture f(o);
  auto first = std::make_unique<ws_client>(f.port, base + "websocket");
  first->receive();
  http_client waiting(f.port), refused(f.port);
  waiting.send_only("GET", base + "polling");
  while (f.server.handshakes_waiting() == 0)
    std::this_thread::yield();
  auto r = refused.request("GET", base + "polling");
  CHECK(r.status == 503);
  CHECK(r.header("Retry-After") == "5");
  first->close();
  CHECK(waiting.receive().status == 200);
}

TEST_CASE("who waits too long for a place is told so") {
  net::server_options o;
  o.limit.max_connections = 1;
  o.limit.connection_queue_timeout = duration(100);
  fixture f(o);
  ws_client first(f.port, base + "websocket");
  first.receive();
  http_client waiting(f.port);
  CHECK(waiting.request("GET", base + "polling").status == 503);
  CHECK(f.server.handshakes_waiting() == 0);
}

TEST_CASE("an address that connects too often is asked to wait") {
  net::server_options o;
  o.limit.connects_per_minute = 3;
  fixture f(o);
  http_client c(f.port);
  for (int i = 0; i < 3; ++i)
    CHECK(c.request("GET", base + "polling").status == 200);
  auto r = c.request("GET", base + "polling");
  CHECK(r.status == 429);
  CHECK(r.header("Retry-After") == "60");
}

TEST_CASE("requests that are too large, too slow or no HTTP end their own connection only") {
  net::server_options o;
  o.limit.max_header_bytes = 2'000;
  o.limit.header_timeout = duration(200);
  fixture f(o);
  CHECK(raw_exchange(f.port, "GET / HTTP/1.1\r\nX: " + std::string(4'000, 'x')).starts_with("HTTP/1.1 431"));
  CHECK(raw_exchange(f.port, "\x16\x03\x01 not http \r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(raw_exchange(f.port, "GET /slow HT").empty()); // closed by the timer
  http_client c(f.port);
  CHECK(c.request("GET", base + "polling").status == 200);
}

TEST_CASE("a body beyond maxPayload gets 413 and the session lives") {
  net::server_options o;
  o.limit.max_payload_bytes = 1'000;
  fixture f(o);
  http_client c(f.port), d(f.port);
  auto at = base + "polling&sid=" + sid_of(c.request("GET", base + "polling").body);
  CHECK(d.request("POST", at, "4" + std::string(2'000, 'x')).status == 413);
  CHECK(c.request("POST", at, "4small").status == 200);
  CHECK(c.request("GET", at).body == "4small");
}

TEST_CASE("compressed frames are read and written where they were negotiated") {
  net::engine_options e;
  e.per_message_deflate = true;
  fixture f({}, e);
  ws_client c(f.port, base + "websocket", true);
  c.receive();
  auto message = "4" + std::string(10'000, 'z');
  c.send(message);
  CHECK(c.receive() == message);
}

TEST_CASE("closing tells polling and WebSocket clients and leaves nothing behind") {
  fixture f;
  ws_client ws(f.port, base + "websocket");
  ws.receive();
  http_client c(f.port);
  auto at = base + "polling&sid=" + sid_of(c.request("GET", base + "polling").body);
  c.send_only("GET", at);
  while (f.requests() < 3) // the WebSocket's, the handshake, and the GET that waits now
    std::this_thread::yield();
  std::thread closing([&] {
    f.server.stop_accepting();
    f.server.close_sessions(engineio::close_reason::server_shutting_down, duration(5'000));
  });
  CHECK(c.receive().body == "1");
  CHECK_FALSE(ws.receive());
  ws.close();
  closing.join();
  CHECK(f.app.closed[engineio::close_reason::server_shutting_down] == 2);
}

TEST_CASE("single broadcasts go straight to the descriptor: whole, in order, and in each client's own format") {
  net::server_options o;
  o.limit.max_queued_bytes = 10'000'000;
  fixture f(o);
  ws_client quick(f.port, base + "websocket"), slow(f.port, base + "websocket"), packed(f.port, base + "websocket");
  int small = 4096;
  setsockopt(slow.native_handle(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  for (auto* c : {&quick, &slow}) {
    c->receive();
    c->send("4hello");
    REQUIRE(c->receive() == "4hello");
  }
  packed.receive();
  packed.send("hello", true);
  REQUIRE(packed.receive() == "hello");
  REQUIRE(f.app.wait_for([&] { return f.app.opened.size() == 3; }));
  for (auto& m : f.app.opened)
    f.server.submit(m.shard, ports::roster_join{"room", m});
  auto room = std::make_shared<const std::string>("room");
  auto filler = [](int i) { return "[\"x\"," + std::to_string(i) + ",\"" + std::string(30'000, char('a' + i % 26)) + "\"]"; };
  constexpr int count = 100; // three megabytes: more than the kernel holds for a reader who sleeps
  for (int i = 0; i < count; ++i) {
    for (std::uint16_t s = 0; s < f.server.shards(); ++s)
      f.server.submit(s, ports::fan_out_room{room, event(filler(i)), {}});
    REQUIRE(quick.receive() == "42" + filler(i)); // so each is the only one of its turn
    auto binary = packed.receive();
    REQUIRE(binary);
    CHECK(binary->front() != '4');
  }
  for (int i = 0; i < count; ++i)
    REQUIRE(slow.receive() == "42" + filler(i));
}

TEST_CASE("what a shard sends itself does not overtake what another thread has sent before") {
  fixture f;
  ws_client c(f.port, base + "websocket");
  c.receive();
  c.send("4hello");
  REQUIRE(c.receive() == "4hello");
  const auto who = f.app.opened.front();
  f.server.loop(who.shard).post([&] {
    std::thread([&] { f.server.submit(who.shard, ports::send_to{who, event("[\"news\"]")}); }).join();
    f.server.submit(who.shard, ports::send_to{who, event("[\"answer to it\"]")});
  });
  CHECK(c.receive() == "42[\"news\"]");
  CHECK(c.receive() == "42[\"answer to it\"]");
}

TEST_CASE("a broadcast keeps its place among what the same client is sent before and after") {
  fixture f;
  ws_client c(f.port, base + "websocket");
  c.receive();
  c.send("4hello");
  REQUIRE(c.receive() == "4hello");
  auto who = f.app.opened.front();
  f.server.submit(who.shard, ports::roster_join{"room", who});
  auto room = std::make_shared<const std::string>("room");
  for (int round = 0; round < 200; ++round)
    f.server.loop(who.shard).post([&, round] { // all in one round of the shard's work
      auto numbered = [&](int n) { return event("[" + std::to_string(4 * round + n) + "]"); };
      f.server.submit(who.shard, ports::fan_out_room{room, numbered(0), {}});
      f.server.submit(who.shard, ports::send_to{who, numbered(1)});
      if (round % 2)
        f.server.submit(who.shard, ports::fan_out_room{room, numbered(2), {}});
      else
        f.server.submit(who.shard, ports::send_to{who, numbered(2)});
      f.server.submit(who.shard, ports::send_to{who, numbered(3)});
    });
  for (int n = 0; n < 800; ++n)
    REQUIRE(c.receive() == "42[" + std::to_string(n) + "]");
}

TEST_CASE("a broadcast leaves out its sender, and nobody who happens to have the same slot on another shard") {
  fixture f;
  std::vector<std::unique_ptr<ws_client>> clients;
  auto both_shards = [&] {
    std::set<std::uint16_t> seen;
    for (auto& who : f.app.opened)
      seen.insert(who.shard);
    return seen.size() == 2;
  };
  while (clients.size() < 4 || !both_shards()) {
    clients.push_back(std::make_unique<ws_client>(f.port, base + "websocket"));
    clients.back()->receive();
    clients.back()->send("4hello");
    REQUIRE(clients.back()->receive() == "4hello");
  }
  auto room = std::make_shared<const std::string>("room");
  for (auto& who : f.app.opened)
    f.server.submit(who.shard, ports::roster_join{"room", who});
  for (auto& sender : f.app.opened)
    for (std::uint16_t s = 0; s < 2; ++s)
      f.server.submit(s, ports::fan_out_room{room, event("[\"from\"]"), sender});
  for (auto& who : f.app.opened)
    f.server.submit(who.shard, ports::send_to{who, event("[\"end\"]")});
  for (auto& c : clients) {
    std::size_t got = 0;
    for (auto r = c->receive(); r && *r != "42[\"end\"]"; r = c->receive())
      ++got;
    CHECK(got == clients.size() - 1);
  }
}
