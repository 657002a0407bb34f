#include "net/fanout/index.hpp"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <random>
#include <set>

using troupe::net::fanout_index;

namespace {

std::set<std::uint32_t> members(fanout_index& i, std::string_view room) {
  std::set<std::uint32_t> out;
  for (auto& m : i.members(room))
    out.insert(m.slot);
  return out;
}

} // namespace

TEST_CASE("joining twice counts once, leaving what was never joined is nothing") {
  fanout_index i;
  i.join("a", 3);
  i.join("a", 3);
  CHECK(i.members("a").size() == 1);
  i.leave("b", 3);
  i.leave("a", 99);
  CHECK(members(i, "a") == std::set<std::uint32_t>{3});
  i.leave("a", 3);
  CHECK(i.members("a").empty());
  CHECK(i.rooms() == 0);
}

TEST_CASE("the index agrees with sets under random joins, leaves and departures") {
  std::mt19937 random(11);
  fanout_index index;
  std::map<std::string, std::set<std::uint32_t>> expected;
  for (int step = 0; step < 20'000; ++step) {
    auto room = "r" + std::to_string(random() % 20);
    auto slot = static_cast<std::uint32_t>(random() % 50);
    switch (random() % 5) {
      case 0:
      case 1:
      case 2: index.join(room, slot), expected[room].insert(slot); break;
      case 3: index.leave(room, slot), expected[room].erase(slot); break;
      case 4:
        if (random() % 10 == 0) {
          index.leave_all(slot);
          for (auto& [name, set] : expected)
            set.erase(slot);
        }
    }
  }
  for (auto& [name, set] : expected)
    CHECK(members(index, name) == set);
}
