// A room that keeps every promise must pass whatever the order of reading; one broken promise must be seen.
#include "simulated_room.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace troupe::load;

namespace {

using item = simulated_room::item;

/// Members 0 to `publishers` - 1 talk a while in a room that all are in; nothing has been read then.
void talk(simulated_room& r, std::uint32_t publishers, int messages) {
  for (std::uint32_t m = 0; m < r.out.size(); ++m)
    r.join(m);
  r.serve_all();
  r.read_all();
  for (int i = 0; i < messages; ++i) {
    r.publish(r.chance(publishers));
    r.serve_one();
  }
  r.serve_all();
}

/// Places in the member's queue whose message and the next one are (not) of the same publisher.
std::vector<std::size_t> neighbours(const std::deque<item>& queue, bool same) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i + 1 < queue.size(); ++i)
    if ((queue[i].publisher == queue[i + 1].publisher) == same)
      out.push_back(i);
  return out;
}

} // namespace

TEST_CASE("a room without churn that keeps its order is clean") {
  for (std::uint64_t seed = 0; seed < 200; ++seed)
    for (bool sender_receives : {false, true}) {
      CAPTURE(seed, sender_receives);
      const auto publishers = static_cast<std::uint32_t>(seed % 4 + 1);
      simulated_room r{5, publishers, sender_receives, seed};
      talk(r, publishers, 120);
      r.read_all();
      REQUIRE(r.delivered == 120 * (sender_receives ? 5 : 4));
      REQUIRE(r.order.settled());
      REQUIRE(r.order.finish().clean());
    }
}

TEST_CASE("a room that people leave and come back to while others talk is clean") {
  for (std::uint64_t seed = 0; seed < 1000; ++seed)
    for (bool sender_receives : {false, true}) {
      CAPTURE(seed, sender_receives);
      const std::uint32_t talkers = sender_receives ? 6 : 5; // the last one listens
      simulated_room r{6, talkers, sender_receives, seed};
      std::vector<bool> inside(6, false);
      r.join(5);
      r.serve_all();
      r.read_all();
      for (int step = 0; step < 600; ++step) {
        const auto m = r.chance(talkers);
        switch (r.chance(12)) {
        case 0:
          if (inside[m] == r.knows(m)) { // not on its way
            inside[m] ? r.leave(m) : r.join(m);
            inside[m] = !inside[m];
          }
          break;
        case 1:
        case 2:
        case 3: r.publish(m); break;
        case 4:
        case 5:
        case 6: r.serve_one(); break;
        default: r.read_one();
        }
        REQUIRE(r.order.counts().clean());
      }
      r.serve_all();
      r.read_all();
      REQUIRE(r.order.settled());
      REQUIRE(r.order.finish().clean());
    }
}

TEST_CASE("one lost message is one lost message") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    simulated_room r{6, 3, false, seed};
    talk(r, 3, 60);
    auto& queue = r.out[3 + r.chance(3)];
    queue.erase(queue.begin() + r.chance(queue.size()));
    r.read_all();
    const auto c = r.order.finish();
    REQUIRE(c.lost == 1);
    REQUIRE(c.doubled + c.reordered + c.unknown == 0);
  }
}

TEST_CASE("one doubled message is one doubled message") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    simulated_room r{6, 3, false, seed};
    talk(r, 3, 60);
    auto& queue = r.out[3 + r.chance(3)];
    const auto from = r.chance(queue.size()), to = from + r.chance(queue.size() - from) + 1;
    const auto copy = queue[from];
    queue.insert(queue.begin() + to, copy);
    r.read_all();
    const auto c = r.order.finish();
    REQUIRE(c.doubled == 1);
    REQUIRE(c.lost + c.reordered + c.differs + c.unknown == 0);
  }
}

TEST_CASE("two messages of one publisher swapped at one member are one reordered message") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    simulated_room r{6, 3, false, seed};
    talk(r, 3, 60);
    auto& queue = r.out[3 + r.chance(3)];
    const auto places = neighbours(queue, true);
    if (places.empty())
      continue;
    const auto at = places[r.chance(places.size())];
    std::swap(queue[at], queue[at + 1]);
    r.read_all();
    const auto c = r.order.finish();
    REQUIRE(c.reordered == 1);
    REQUIRE(c.lost + c.doubled + c.unknown == 0);
  }
}

TEST_CASE("two messages of different publishers swapped at one listener are seen") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    simulated_room r{6, 3, false, seed};
    talk(r, 3, 60);
    auto& queue = r.out[3 + r.chance(3)];
    const auto places = neighbours(queue, false);
    REQUIRE_FALSE(places.empty());
    const auto at = places[r.chance(places.size())];
    std::swap(queue[at], queue[at + 1]);
    r.read_all();
    const auto c = r.order.finish();
    REQUIRE(c.differs >= 1);
    REQUIRE(c.differs <= 4); // the swapping one, or all who read after it
    REQUIRE(c.lost + c.doubled + c.reordered + c.unknown == 0);
  }
}
