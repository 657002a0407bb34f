#include "core/messaging/answers.hpp"
#include "core/messaging/stamp.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::messaging;

TEST_CASE("answers as clients read them") {
  const error why{"no_way", "say \"please\""};
  CHECK(refused(why) == R"({"ok":false,"error":{"code":"no_way","message":"say \"please\""}})");
  CHECK(version_conflict(why, 7)
        == R"({"ok":false,"error":{"code":"no_way","message":"say \"please\"","version":7}})");
  CHECK(joined("a\n", 2) == R"({"ok":true,"room":"a\n","members":2})");
  CHECK(left("a") == R"({"ok":true,"room":"a"})");
  CHECK(published("m", "a", 3, 99) == R"({"ok":true,"id":"m","room":"a","seq":3,"ts":99})");
  CHECK(published("m", "a", 3, 99, "stored") == R"({"ok":true,"id":"m","room":"a","seq":3,"ts":99,"level":"stored"})");
  CHECK(level_not_reached({"c", "m"}, "m", 3, 99, "home") == R"({"ok":false,"error":{"code":"c","message":"m","id":"m","seq":3,"ts":99,"level":"home"}})");
  CHECK(update_level_not_reached({"c", "m"}, 8, "home") == R"({"ok":false,"error":{"code":"c","message":"m","version":8,"level":"home"}})");
  CHECK(published("", "a", 3, 99) == R"({"ok":true,"room":"a","seq":3,"ts":99})");
  CHECK(sent("m", "queued", 99) == R"({"ok":true,"id":"m","status":"queued","ts":99})");
  CHECK(updated("d", 4) == R"({"ok":true,"documentId":"d","version":4})");
}

TEST_CASE("a stamp ends an open object") {
  CHECK(stamped(R"({"a":1)", 5, 6) == R"({"a":1,"ts":5,"seq":6})");
  CHECK(stamped("{", 5, 6) == R"({"ts":5,"seq":6})");
}
