#include "core/room/typing_set.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace std::chrono_literals;
using room::typing_set;

namespace {
const time_point start{};
const session_ref ann{0, 1, 1}, bob{1, 1, 1};
} // namespace

TEST_CASE("only the first word of typing is news") {
  typing_set t;
  CHECK(t.start(ann, start + 1s));
  CHECK_FALSE(t.start(ann, start + 2s));
  CHECK(t.start(bob, start + 1s));
  CHECK(t.next_deadline() == start + 1s);
}

TEST_CASE("typing ends at its last deadline") {
  typing_set t;
  t.start(ann, start + 1s);
  t.start(ann, start + 3s);
  t.start(bob, start + 2s);
  CHECK(t.expire(start + 1s).empty());
  CHECK(t.expire(start + 2s) == std::vector{bob});
  CHECK(t.expire(start + 3s) == std::vector{ann});
  CHECK(t.empty());
  CHECK_FALSE(t.next_deadline());
}

TEST_CASE("only who types can stop") {
  typing_set t;
  CHECK_FALSE(t.stop(ann));
  t.start(ann, start + 1s);
  CHECK(t.stop(ann));
  CHECK_FALSE(t.stop(ann));
  CHECK(t.expire(start + 5s).empty());
}
