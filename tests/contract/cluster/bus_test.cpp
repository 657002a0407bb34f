// What ports/bus.hpp promises.

#include "support/worlds.hpp"

#include <algorithm>
#include <mutex>

namespace cluster_tests {
namespace {

/// What a handler heard, as "channel=bytes".
class heard {
 public:
  ports::bus::handler handler() {
    return [this](std::string_view channel, std::string_view bytes) {
      std::lock_guard hold(lock_);
      all_.push_back(std::string(channel) + "=" + std::string(bytes));
    };
  }
  std::vector<std::string> all() const {
    std::lock_guard hold(lock_);
    return all_;
  }
  bool has(const std::string& what) const {
    auto now = all();
    return std::find(now.begin(), now.end(), what) != now.end();
  }

 private:
  mutable std::mutex lock_;
  std::vector<std::string> all_;
};

/// Publishes until it is heard: a subscription takes a moment, and what comes before is lost.
bool reaches(ports::bus& from, const std::string& channel, const heard& to) {
  int n = 0;
  return comes_true([&] {
    auto probe = "probe-" + std::to_string(++n);
    from.publish(channel, probe);
    return comes_true([&] { return to.has(channel + "=" + probe); }, 50ms);
  });
}

} // namespace

TEMPLATE_LIST_TEST_CASE("what is published arrives in order, at every subscriber of the channel", "", worlds) {
  TestType world;
  heard one, two, other;
  auto a = world.bus(), b = world.bus(), c = world.bus();
  b->subscribe("news", one.handler());
  c->subscribe("news", two.handler());
  c->subscribe("else", other.handler());
  REQUIRE(reaches(*a, "news", one));
  REQUIRE(reaches(*a, "news", two));
  REQUIRE(reaches(*a, "else", other));
  auto begin = two.all().size();
  for (int i = 0; i < 500; ++i)
    a->publish("news", std::string("\0\r\n", 3) + std::to_string(i));
  for (auto* h : {&one, &two}) {
    REQUIRE(comes_true([&] { return h->has("news=" + std::string("\0\r\n", 3) + "499"); }));
    auto all = h->all();
    int next = 0;
    for (const auto& m : all)
      if (m.find('\0') != std::string::npos)
        CHECK(m == "news=" + std::string("\0\r\n", 3) + std::to_string(next++));
    CHECK(next == 500);
  }
  CHECK(two.all().size() == begin + 500);
  for (const auto& m : other.all())
    CHECK(m.starts_with("else="));
}

TEMPLATE_LIST_TEST_CASE("a subscription is replaced, ended and begun again", "", worlds) {
  TestType world;
  heard first, second, third;
  auto a = world.bus(), b = world.bus();
  b->subscribe("news", first.handler());
  REQUIRE(reaches(*a, "news", first));
  b->subscribe("news", second.handler());
  REQUIRE(reaches(*a, "news", second));
  auto before = first.all().size();
  a->publish("news", "x");
  REQUIRE(comes_true([&] { return second.has("news=x"); }));
  CHECK(first.all().size() == before);

  b->unsubscribe("news");
  b->unsubscribe("never");
  b->subscribe("mark", third.handler());
  REQUIRE(reaches(*a, "mark", third));
  a->publish("news", "unheard");
  REQUIRE(reaches(*a, "mark", third));
  CHECK(!second.has("news=unheard"));

  // Again, and faster than any answer can come.
  for (int i = 0; i < 10; ++i) {
    b->subscribe("news", first.handler());
    b->unsubscribe("news");
  }
  b->subscribe("news", third.handler());
  CHECK(reaches(*a, "news", third));
}

TEMPLATE_LIST_TEST_CASE("a bus hears itself only where it is subscribed", "", worlds) {
  TestType world;
  heard own;
  auto a = world.bus();
  a->subscribe("mine", own.handler());
  REQUIRE(reaches(*a, "mine", own));
  a->publish("other", "x");
  REQUIRE(reaches(*a, "mine", own));
  CHECK(!own.has("other=x"));
}

TEMPLATE_LIST_TEST_CASE("the state is told, and subscriptions survive an outage", "", worlds) {
  TestType world;
  heard got;
  std::atomic<int> ups{0}, downs{0};
  std::atomic<bool> a_is_up{false};
  auto a = world.bus(), b = world.bus();
  a->on_state([&](bool up) { a_is_up = up; });
  b->subscribe("news", got.handler());
  b->on_state([&](bool up) { ++(up ? ups : downs); });
  REQUIRE(comes_true([&] { return ups == 1 && a_is_up; }));
  REQUIRE(reaches(*a, "news", got));
  auto downs_before = downs.load();
  world.go_away();
  // Who has not noticed yet may publish into a connection that the store takes up again.
  REQUIRE(comes_true([&] { return downs == downs_before + 1 && !a_is_up; }));
  for (int i = 0; i < 10; ++i)
    a->publish("news", "lost");
  world.come_back();
  REQUIRE(comes_true([&] { return ups == 2; }));
  CHECK(reaches(*a, "news", got));
  CHECK(!got.has("news=lost"));
}

TEMPLATE_LIST_TEST_CASE("after its end a bus calls nobody", "", worlds) {
  TestType world;
  auto a = world.bus();
  for (int i = 0; i < 20; ++i) {
    auto got = std::make_unique<heard>();
    auto b = world.bus();
    b->subscribe("news", got->handler());
    if (i == 0)
      REQUIRE(reaches(*a, "news", *got));
    for (int n = 0; n < 50; ++n)
      a->publish("news", "x");
    b.reset();
    got.reset(); // under a sanitizer: nobody calls it
  }
}

} // namespace cluster_tests
