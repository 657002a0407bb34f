#include "core/name_pattern.hpp"

#include <catch2/catch_test_macros.hpp>

using troupe::matches;

TEST_CASE("a pattern is a name, or its beginning and a star") {
  CHECK(matches("lobby", "lobby"));
  CHECK(!matches("lobby", "lobby2"));
  CHECK(matches("chat:*", "chat:7"));
  CHECK(matches("chat:*", "chat:"));
  CHECK(!matches("chat:*", "chat"));
  CHECK(matches("*", ""));
  CHECK(matches("*", "anything"));
  CHECK(!matches("a*b", "axb")); // only at the end
  CHECK(!matches("", "a"));
}
