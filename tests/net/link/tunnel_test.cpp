// Requests whose session lives on another node, over loopback: two nodes with an application that echoes.

#include "net/client.hpp"
#include "net/link/link_node.hpp"
#include "net/link/relay.hpp"
#include "net/link/tunnel_pump.hpp"
#include "net/server.hpp"

#include "core/engineio/sid.hpp"
#include "core/ws/frame_writer.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

class echo_app final : public ports::session_acceptor {
 public:
  ports::egress* egress = nullptr;
  std::unique_ptr<ports::session_sink> on_open(session_ref ref, engineio::handshake_ptr shake) override {
    std::lock_guard lock(mutex);
    handshakes.push_back(std::move(shake));
    return std::make_unique<sink>(*this, ref);
  }
  std::mutex mutex;
  std::vector<engineio::handshake_ptr> handshakes;
  std::atomic<int> closed{0};

 private:
  struct sink final : ports::session_sink {
    sink(echo_app& a, session_ref r) : app(a), ref(r) {}
    void on_message(std::string_view bytes, bool binary) override {
      std::string wire, payload = (binary ? "" : "4") + std::string(bytes);
      ws::append_frame(wire, binary ? ws::opcode::binary : ws::opcode::text, payload);
      auto size = static_cast<std::uint32_t>(payload.size());
      auto offset = static_cast<std::uint32_t>(wire.size()) - size;
      app.egress->send_now(ref, frame_ptr(new frame(std::move(wire), {{offset, size, binary}})));
    }
    void on_close(engineio::close_reason) override { ++app.closed; }
    void on_control(const ports::control&) override {}
    echo_app& app;
    session_ref ref;
  };
};

net::link_options options_of(int number) {
  auto o = link_options_of("node-" + std::to_string(number));
  o.me.number = static_cast<std::uint16_t>(number);
  return o;
}

/// A node as far as net goes.
struct node {
  explicit node(int number, std::size_t max_tunnels = 1000, std::size_t max_sockets = 0)
    : server(prepare(number, max_sockets)), links(options_of(number), events), pump(links, max_tunnels) {
    app.egress = &server;
    net::engine_options e;
    e.connect_timeout = duration(0);
    server.set_endpoints({{e, &app}}, nullptr);
    server.set_tunnels(&pump);
    auto r = server.start();
    REQUIRE(r.has_value());
    port = *r;
    links.serve_tunnels([this](net::stream s, net::arrival from) { return server.adopt_tunnel(std::move(s), std::move(from)); },
                        [this] { return server.has_room(); });
    auto l = links.listen("127.0.0.1", 0);
    REQUIRE(l.has_value());
    link_port = *l;
    pump.start();
  }
  ~node() {
    pump.stop();
    links.stop();
    server.stop();
  }
  static net::server_options prepare(int number, std::size_t max_sockets) {
    net::server_options o;
    o.host = "127.0.0.1";
    o.port = 0;
    o.shards = 2;
    o.node_number = static_cast<std::uint16_t>(number);
    o.trusted_proxies = {"127.0.0.1"};
    o.limit.max_sockets = max_sockets;
    return o;
  }
  void want(node& other) { links.want(other.links.options().me, "127.0.0.1", other.link_port); }

  struct no_events final : ports::link_events {
    void on_up(const link_peer&) override {}
    void on_down(const link_peer&, link_end) override {}
    void on_message(const link_peer&, std::string_view) override {}
  } events;
  echo_app app;
  net::server server;
  net::link_server links;
  net::tunnel_pump pump;
  unsigned short port = 0;
  std::uint16_t link_port = 0;
};

void link_nodes(node& a, node& b) {
  a.want(b);
  b.want(a);
  REQUIRE(eventually([&] {
    return a.links.route_to(b.links.options().me.number) && b.links.route_to(a.links.options().me.number);
  }));
}

const std::string base = "/socket.io/?EIO=4&transport=";

std::string sid_of(const std::string& open) { return open.substr(open.find("\"sid\":\"") + 7, 20); }

std::string open_at(http_client& c) {
  auto open = c.request("GET", base + "polling");
  REQUIRE(open.status == 200);
  return sid_of(open.body);
}

/// A session with a message to itself, every request by `c`.
void echo_by_polling(http_client& c, const std::string& sid, const std::string& text) {
  auto at = base + "polling&sid=" + sid;
  auto posted = c.request("POST", at, "4" + text);
  CHECK(posted.status == 200);
  CHECK(posted.body == "ok");
  auto polled = c.request("GET", at);
  CHECK(polled.status == 200);
  CHECK(polled.body == "4" + text);
}

} // namespace

TEST_CASE("polls and posts that come to another node are served by the session's own") {
  node a(1), b(2);
  link_nodes(a, b);
  for (int i = 0; i < 20; ++i) {
    http_client to_b(b.port), to_a(a.port);
    auto sid = open_at(to_b);
    CHECK(engineio::parse_sid(sid)->node == 2);
    echo_by_polling(to_a, sid, "through a " + std::to_string(i));
    echo_by_polling(to_b, sid, "directly");
    echo_by_polling(to_a, sid, std::string(900'000, 'x'));
  }
  CHECK(a.pump.counters().opened == 20);
  CHECK(eventually([&] { return a.pump.counters().open == 0; }));
}

TEST_CASE("an upgrade that comes to another node is served there, until either side closes") {
  node a(1), b(2);
  link_nodes(a, b);
  http_client to_b(b.port);
  auto sid = open_at(to_b);
  {
    ws_client ws(a.port, base + "websocket&sid=" + sid);
    ws.send("2probe");
    CHECK(ws.receive() == "3probe");
    ws.send("5");
    ws.send("4upgraded");
    CHECK(ws.receive() == "4upgraded");
    const std::string large(900'000, 'y');
    for (int i = 0; i < 5; ++i)
      ws.send("4" + large);
    for (int i = 0; i < 5; ++i)
      CHECK((ws.receive() == "4" + large));
    ws.close();
  }
  CHECK(eventually([&] { return b.app.closed == 1; }));
  CHECK(eventually([&] { return a.pump.counters().open == 0; }));
}

TEST_CASE("a connection on which a balancer mixes clients is served, and builds no chain") {
  node a(1), b(2), c(3);
  link_nodes(a, b);
  link_nodes(a, c);
  link_nodes(b, c);
  http_client direct_a(a.port), direct_b(b.port), direct_c(c.port);
  auto at_a = open_at(direct_a), at_b = open_at(direct_b), at_c = open_at(direct_c);
  for (int i = 0; i < 5; ++i) {
    http_client mixed(a.port);
    echo_by_polling(mixed, at_a, "home");
    echo_by_polling(mixed, at_b, "abroad");
    auto posted = mixed.request("POST", base + "polling&sid=" + (i % 2 ? at_a : at_c), "4further");
    CHECK(posted.status == 200);
    CHECK(posted.header("Connection") == "close");
    auto& direct = i % 2 ? direct_a : direct_c;
    CHECK(direct.request("GET", base + "polling&sid=" + (i % 2 ? at_a : at_c)).body == "4further");
  }
  CHECK(eventually([&] { return a.pump.counters().open == 0 && b.pump.counters().open == 0; }));
}

TEST_CASE("the owner sees the client's own address") {
  node a(1), b(2);
  link_nodes(a, b);
  http_client to_b(b.port), to_a(a.port);
  auto sid = open_at(to_b);
  echo_by_polling(to_a, sid, "now it is a tunnel");
  auto open = to_a.request("GET", base + "polling", {}, {{"X-Forwarded-For", "192.0.2.7"}});
  CHECK(engineio::parse_sid(sid_of(open.body))->node == 2);
  std::lock_guard lock(b.app.mutex);
  REQUIRE(b.app.handshakes.size() == 2);
  CHECK(b.app.handshakes[1]->address == "192.0.2.7");
  CHECK_FALSE(b.app.handshakes[1]->secure);
}

TEST_CASE("a session of a node that is unknown or gone is an unknown session") {
  node a(1);
  std::string sid;
  {
    node b(2);
    link_nodes(a, b);
    http_client to_b(b.port);
    sid = open_at(to_b);
  }
  REQUIRE(eventually([&] { return !a.links.route_to(2); }));
  http_client to_a(a.port);
  for (auto& foreign : {sid, engineio::make_sid({99, 0, 1}, {})}) {
    auto r = to_a.request("GET", base + "polling&sid=" + foreign);
    CHECK(r.status == 400);
    CHECK(r.body == R"({"code":1,"message":"Session ID unknown"})");
  }
  CHECK(a.pump.counters().refused_unknown == 2);
}

TEST_CASE("an owner that cannot be reached though its link is up gives an unknown session") {
  node a(1), b(2);
  http_client to_b(b.port);
  auto sid = open_at(to_b);
  std::uint16_t dead;
  {
    relay r(b.link_port);
    dead = r.port;
  }
  b.want(a);
  a.want(b);
  REQUIRE(eventually([&] { return a.links.route_to(2).has_value(); }));
  a.links.want({"node-2", 1, 2}, "127.0.0.1", dead); // the link stays, only new connections go there
  REQUIRE(eventually([&] { return a.links.route_to(2) && a.links.route_to(2)->port == dead; }));
  http_client to_a(a.port);
  auto r = to_a.request("GET", base + "polling&sid=" + sid);
  CHECK(r.status == 400);
  CHECK(r.body == R"({"code":1,"message":"Session ID unknown"})");
  CHECK(a.pump.counters().failed == 1);
}

TEST_CASE("beyond cluster.max_tunnels the answer is 503") {
  node a(1, 2), b(2);
  link_nodes(a, b);
  http_client to_b(b.port);
  auto sid = open_at(to_b);
  http_client first(a.port), second(a.port), third(a.port);
  echo_by_polling(first, sid, "1");
  echo_by_polling(second, sid, "2");
  auto r = third.request("GET", base + "polling&sid=" + sid);
  CHECK(r.status == 503);
  CHECK(r.body.starts_with(R"({"code":4,)"));
  CHECK(r.header("Retry-After") == "5");
  CHECK(a.pump.counters().refused_full == 1);
}

TEST_CASE("an owner without room for sockets refuses tunnels") {
  node a(1), b(2, 1000, 1);
  link_nodes(a, b);
  http_client to_b(b.port);
  auto sid = open_at(to_b);
  http_client to_a(a.port);
  auto r = to_a.request("GET", base + "polling&sid=" + sid);
  CHECK(r.status == 503);
  CHECK(b.links.counters().refused[static_cast<std::size_t>(link_refusal::tunnels_full)] == 1);
}

TEST_CASE("pipelined requests keep their answers when the connection leaves for another node") {
  node a(1), b(2);
  link_nodes(a, b);
  http_client to_b(b.port);
  auto sid = open_at(to_b);
  auto all = raw_exchange(a.port, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "POST " + base + "polling&sid=" + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                                  "Connection: close\r\n\r\n4x");
  CHECK(all.find("404 Not Found") != std::string::npos);
  CHECK(all.find("200 OK") != std::string::npos);
  CHECK(all.ends_with("ok"));
}

TEST_CASE("a tunnel ends with the node at its other end") {
  node a(1);
  auto b = std::make_unique<node>(2);
  link_nodes(a, *b);
  http_client to_b(b->port);
  auto sid = open_at(to_b);
  ws_client ws(a.port, base + "websocket&sid=" + sid);
  ws.send("2probe");
  CHECK(ws.receive() == "3probe");
  b.reset();
  CHECK(!ws.receive());
  CHECK(eventually([&] { return a.pump.counters().open == 0; }));
}
