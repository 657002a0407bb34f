#include "core/recovery/heard.hpp"

#include <catch2/catch_test_macros.hpp>

#include <initializer_list>

using namespace troupe;
using recovery::heard;

namespace {
constexpr duration settling{1'000};

/// Who knows these nodes and is linked to them since 1,000; their first word was 2,000.
heard linked(std::initializer_list<const char*> nodes) {
  heard h(settling);
  for (auto node : nodes) {
    h.on_alive(node, 1'000);
    h.on_link_up(node, 1'000);
    h.on_placed(node, 2'000);
  }
  return h;
}
} // namespace

TEST_CASE("who knows no other has heard everything", "[recovery]") {
  heard h(settling);
  CHECK(h.until(5'000) == 5'000);
}

TEST_CASE("up to the last word of the slowest", "[recovery]") {
  auto h = linked({"a", "b"});
  CHECK(h.until(2'000) == 1'000); // what they said before the links were up may be under way
  h.on_placed("a", 5'000);
  h.on_placed("b", 5'000);
  CHECK(h.until(5'100) == 5'000);
  h.on_placed("a", 6'000);
  CHECK(h.until(6'100) == 5'000);
  h.on_placed("b", 9'000); // its clock is ahead
  h.on_placed("a", 9'000);
  CHECK(h.until(6'200) == 6'200);
}

TEST_CASE("while a link is down nothing more was heard, and for a while afterwards", "[recovery]") {
  auto h = linked({"a"});
  h.on_placed("a", 9'000);
  h.on_link_down("a", 9'500);
  CHECK(h.until(9'600) == 9'000);
  h.on_placed("a", 9'600); // no word by a link that is down
  CHECK(h.until(20'000) == 9'000);
  h.on_link_up("a", 20'000);
  h.on_placed("a", 20'010);
  CHECK(h.until(20'020) == 9'000);
  h.on_placed("a", 22'010);
  CHECK(h.until(99'000) == 9'000); // by its clock, however long this process stood still
  h.on_placed("a", 22'011);
  CHECK(h.until(99'000) == 22'011);
}

TEST_CASE("what a node had placed that is gone is heard from others, after a while", "[recovery]") {
  auto h = linked({"a"});
  h.on_placed("a", 9'000);
  h.on_link_down("a", 9'000);
  CHECK(h.until(30'000) == 9'000);
  h.on_gone("a", 30'000);
  CHECK(h.until(36'000) == 9'000);
  CHECK(h.until(36'001) == 36'001);

  SECTION("unless it is back before") {
    h.on_alive("a", 40'000);
    h.on_gone("a", 41'000);
    h.on_alive("a", 42'000);
    CHECK(h.until(60'000) == 40'000);
  }
}
