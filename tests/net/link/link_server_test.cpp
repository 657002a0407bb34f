// Links between nodes of one process, over loopback.

#include "net/link/link_node.hpp"

using namespace troupe;
using namespace troupe::testing;

namespace {

std::string numbered(int n, std::size_t size = 0) {
  auto s = std::to_string(n);
  s.resize(std::max(size, s.size()), ' ');
  return s;
}

/// What came from a peer must be 0, 1, 2, ...
struct in_order {
  void take(std::string_view bytes) {
    std::lock_guard lock(mutex);
    if (bytes.substr(0, bytes.find(' ')) != std::to_string(next))
      ++wrong;
    ++next;
    changed.notify_all();
  }
  bool wait_for(int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 60s, [&] { return next >= count; });
  }
  std::mutex mutex;
  std::condition_variable changed;
  int next = 0;
  int wrong = 0;
};

} // namespace

TEST_CASE("two nodes link, exchange messages and part") {
  link_node a("a"), b("b");
  a.link_to(b);
  CHECK(a.wait([&] { return a.up["b"].incarnation == 1; }));
  CHECK(b.wait([&] { return b.up["a"].number == 1; }));
  CHECK(a.server.counters().dials == 1);
  CHECK(b.server.counters().dials == 0);
  CHECK(a.server.send("b", "hello"));
  CHECK(b.server.send("a", std::string()));
  REQUIRE(b.wait([&] { return b.messages["a"].size() == 1; }));
  REQUIRE(a.wait([&] { return a.messages["b"].size() == 1; }));
  CHECK(b.messages["a"][0] == "hello");
  CHECK(a.messages["b"][0].empty());
  CHECK_FALSE(a.server.send("c", "nobody"));

  b.server.forget("a");
  CHECK(a.went_down("b", link_end::left));
  CHECK(b.went_down("a", link_end::left));
}

TEST_CASE("three nodes link in a mesh in which the smaller id dials") {
  link_node a("a"), b("b"), c("c");
  for (auto* x : {&a, &b, &c})
    for (auto* y : {&a, &b, &c})
      if (x != y)
        x->want(*y);
  for (auto* x : {&a, &b, &c})
    REQUIRE(x->wait([&] { return x->up.size() == 2; }));
  CHECK(a.server.counters().dials == 2);
  CHECK(b.server.counters().dials == 1);
  CHECK(c.server.counters().dials == 0);
  CHECK(c.server.send("a", "from c"));
  REQUIRE(a.wait([&] { return a.messages["c"].size() == 1; }));
}

TEST_CASE("a hundred thousand messages each way arrive whole and in order") {
  constexpr int count = 100'000;
  link_node a("a"), b("b");
  in_order at_a, at_b;
  a.on_bytes = [&](auto&, auto bytes) { at_a.take(bytes); };
  b.on_bytes = [&](auto&, auto bytes) { at_b.take(bytes); };
  a.link_to(b);
  std::atomic<int> failed{0};
  std::thread other([&] {
    for (int i = 0; i < count; ++i)
      failed += !b.server.send("a", numbered(i, static_cast<std::size_t>(i % 300)));
  });
  for (int i = 0; i < count; ++i)
    failed += !a.server.send("b", numbered(i, static_cast<std::size_t>(i % 200)));
  other.join();
  CHECK(failed == 0);
  CHECK(at_a.wait_for(count));
  CHECK(at_b.wait_for(count));
  CHECK(at_a.wrong == 0);
  CHECK(at_b.wrong == 0);
  CHECK(a.server.counters().messages_out == count);
  CHECK(a.server.counters().messages_in == count);
}

TEST_CASE("large and small messages keep their order, up to the limit") {
  link_node a("a"), b("b");
  a.link_to(b);
  std::string large(16u << 20, 'x');
  CHECK(a.server.send("b", "before"));
  CHECK(a.server.send("b", large));
  CHECK(a.server.send("b", std::string(20'000, 'y')));
  CHECK(a.server.send("b", "after"));
  CHECK_FALSE(a.server.send("b", large + "x"));
  REQUIRE(b.wait([&] { return b.messages["a"].size() == 4; }));
  CHECK(b.messages["a"][0] == "before");
  CHECK(b.messages["a"][1] == large);
  CHECK(b.messages["a"][2] == std::string(20'000, 'y'));
  CHECK(b.messages["a"][3] == "after");
  CHECK(eventually([&] { return a.server.status()[0].queued_bytes == 0; }));
}
