// How links end, and come back.

#include "net/link/link_node.hpp"
#include "net/link/relay.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

net::link_options quick(std::string node, duration timeout, std::uint64_t incarnation = 1) {
  auto o = link_options_of(std::move(node), incarnation);
  o.heartbeat = 50ms;
  o.timeout = timeout;
  return o;
}

/// A links to b through the relay.
void link_through(relay& r, link_node& a, link_node& b) {
  a.server.want(b.me(), "127.0.0.1", r.port);
  REQUIRE(a.is_up(b.me().node));
  REQUIRE(b.is_up(a.me().node));
}

} // namespace

TEST_CASE("an idle link stays up by heartbeats, which measure the way") {
  link_node a(quick("a", 300ms)), b(quick("b", 300ms));
  a.link_to(b);
  CHECK(eventually([&] { return a.server.counters().heartbeats_out >= 20 && b.server.counters().heartbeats_out >= 20; }));
  CHECK(a.told().size() == 1);
  CHECK(b.told().size() == 1);
  REQUIRE(a.server.status().size() == 1);
  CHECK(a.server.status()[0].up);
  CHECK(a.server.status()[0].round_trip_us > 0);
  CHECK(a.server.status()[0].round_trip_us < 300'000);
}

TEST_CASE("a peer that falls silent is down after the timeout, and back as soon as it can be reached") {
  link_node a(quick("a", 300ms)), b(quick("b", 300ms));
  relay r(b.port);
  link_through(r, a, b);
  auto before = clock::now();
  r.freeze();
  CHECK(a.went_down("b", link_end::silent));
  CHECK(b.went_down("a", link_end::silent));
  auto took = clock::now() - before;
  CHECK(took >= 200ms);
  CHECK(took < 3s);
  CHECK(a.is_up("b"));
  CHECK(b.is_up("a"));
  CHECK(a.server.send("b", "again"));
  CHECK(b.wait([&] { return b.messages["a"] == std::vector<std::string>{"again"}; }));
}

TEST_CASE("a new link of the same process replaces one whose end was not noticed") {
  link_node a(quick("a", 300ms)), b(quick("b", 60s));
  relay r(b.port);
  link_through(r, a, b);
  r.freeze();
  REQUIRE(b.wait([&] { return b.history.size() == 3; }));
  CHECK(b.told() == std::vector<std::string>{"up a 1", "down a 1 1", "up a 1"});
  CHECK(b.server.counters().up == 1);
}

TEST_CASE("a broken connection is a reset and comes back") {
  link_node a("a"), b("b");
  relay r(b.port);
  link_through(r, a, b);
  for (int i = 1; i <= 3; ++i) {
    r.cut();
    REQUIRE(a.went_down("b", link_end::reset, i));
    REQUIRE(b.went_down("a", link_end::reset, i));
    REQUIRE(a.is_up("b"));
    REQUIRE(b.is_up("a"));
  }
  CHECK(a.server.counters().ups == 4);
}

TEST_CASE("an address at which nobody listens is reported at every attempt, until somebody does") {
  std::uint16_t port;
  {
    link_node gone("b");
    port = gone.port;
  }
  link_node a("a");
  a.server.want({"b", 1, 1}, "127.0.0.1", port);
  REQUIRE(a.went_down("b", link_end::refused, 3));
  CHECK(a.server.counters().dials_failed >= 3);
  link_node b(link_options_of("b"), port);
  CHECK(a.is_up("b"));
}

TEST_CASE("names are resolved, and those that are unknown do no harm") {
  link_node a("a"), b("b"), c("c");
  a.server.want({"d", 1, 1}, "no-such-host.invalid", 1);
  a.server.want(c.me(), "127.0.0.1", c.port);
  REQUIRE(a.is_up("c"));
  a.server.want(b.me(), "localhost", b.port);
  // The name may stand for ::1 as well, where nobody listens; a numeric name is no guess.
  CHECK(a.wait([&] { return a.up.contains("b") || a.downs[{"b", link_end::refused}] > 0; }));
}

TEST_CASE("a queue beyond its limit ends the link") {
  auto o = quick("a", 60s);
  o.max_queued = 4u << 20;
  link_node a(o), b(quick("b", 60s));
  relay r(b.port);
  link_through(r, a, b);
  r.freeze();
  const std::string some(100'000, 'x');
  int sent = 0;
  while (sent < 1000 && a.server.send("b", some))
    ++sent;
  CHECK(sent >= 41);
  CHECK(sent < 1000);
  CHECK(a.went_down("b", link_end::overflow));
  CHECK(a.is_up("b"));
  CHECK(a.server.send("b", "after"));
  CHECK(eventually([&] { return a.server.status()[0].queued_bytes == 0; }));
  REQUIRE(b.wait([&] { return !b.messages["a"].empty() && b.messages["a"].back() == "after"; }));
}

TEST_CASE("a younger process replaces an older one, which is refused from then on") {
  link_node old(link_options_of("a", 1)), b("b");
  old.link_to(b);
  link_node young(link_options_of("a", 2));
  young.want(b);
  REQUIRE(young.is_up("b"));
  REQUIRE(b.wait([&] { return b.history.size() == 3; }));
  CHECK(b.told() == std::vector<std::string>{"up a 1", "down a 1 1", "up a 2"});
  CHECK(eventually([&] { return old.refused_us(link_refusal::old_incarnation) >= 2; }));
  CHECK(b.refused(link_refusal::old_incarnation) >= 2);
  CHECK(b.told().size() == 3);
}

TEST_CASE("news of a younger process end the link to the older one") {
  link_node a("a"), old(link_options_of("b", 1));
  a.link_to(old);
  link_node young(link_options_of("b", 2));
  a.want(young);
  REQUIRE(a.wait([&] { return a.history.size() == 3; }));
  CHECK(a.told() == std::vector<std::string>{"up b 1", "down b 1 1", "up b 2"});
}

TEST_CASE("a thread that had no time itself blames nobody") {
  // Messages are written without end by b, so a has much to read when it is back.
  link_node a(quick("a", 300ms)), b(quick("b", 60s)), c(quick("c", 60s));
  std::atomic<bool> stalled{false};
  a.on_bytes = [&](auto&, auto bytes) {
    if (bytes == "stall") {
      std::this_thread::sleep_for(1s); // what is tested: this thread stands still for longer than the timeout
      stalled = true;
    }
  };
  a.link_to(b);
  a.link_to(c);
  CHECK(b.server.send("a", "stall"));
  REQUIRE(eventually([&] { return stalled.load(); }));
  auto beats = a.server.counters().heartbeats_out.load();
  CHECK(eventually([&] { return a.server.counters().heartbeats_out >= beats + 10; }));
  CHECK(a.server.counters().gaps >= 1);
  CHECK(a.told().size() == 2);
}

TEST_CASE("heartbeats pass bulk data") {
  auto o = quick("a", 2s);
  o.max_queued = 512u << 20;
  link_node a(o), b(quick("b", 2s));
  std::atomic<std::size_t> bytes{0};
  b.on_bytes = [&](auto&, auto m) { bytes += m.size(); };
  a.link_to(b);
  const std::string some(60'000, 'x');
  constexpr std::size_t count = 1000; // 60 MB
  for (std::size_t i = 0; i < count; ++i)
    CHECK(a.server.send("b", some));
  CHECK(eventually([&] { return bytes == count * some.size(); }, 60s));
  CHECK(a.told().size() == 1);
  CHECK(b.told().size() == 1);
}

TEST_CASE("a long queue leaves without waiting for anything else to happen") {
  auto rare = [](std::string node) {
    auto o = quick(std::move(node), 60s);
    o.heartbeat = 5s;
    return o;
  };
  link_node a(rare("a")), b(rare("b"));
  std::atomic<std::size_t> bytes{0};
  b.on_bytes = [&](auto&, auto m) { bytes += m.size(); };
  a.link_to(b);
  const std::string some(60'000, 'x');
  constexpr std::size_t count = 1000; // far more than one turn may send, and a heartbeat would help on only one turn's worth
  int failed = 0;
  for (std::size_t i = 0; i < count; ++i)
    failed += !a.server.send("b", some);
  CHECK(failed == 0);
  CHECK(eventually([&] { return bytes == count * some.size(); }, 40s));
}

TEST_CASE("a link changes its keys as it goes") {
  auto o = link_options_of("a");
  o.records_per_key = 3;
  link_node a(o), b("b");
  a.link_to(b);
  for (int i = 0; i < 100; ++i)
    CHECK(a.server.send("b", std::string(40'000, static_cast<char>('a' + i % 26))));
  REQUIRE(b.wait([&] { return b.messages["a"].size() == 100; }));
  CHECK(b.messages["a"][99] == std::string(40'000, static_cast<char>('a' + 99 % 26)));
}
