#include "app/config/suggest.hpp"

#include <catch2/catch_test_macros.hpp>

#include <vector>

using namespace troupe::app;

TEST_CASE("the distance counts additions, losses, changes and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("port", "port") == 0);
  CHECK(edit_distance("prot", "port") == 1);
  CHECK(edit_distance("por", "port") == 1);
  CHECK(edit_distance("porrt", "port") == 1);
  CHECK(edit_distance("pork", "port") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("what was probably meant is found") {
  const std::vector<std::string_view> known{
    "server.port",    "server.host",           "redis.port", "engine.ping_interval_ms", "auth.jwt.secret",
    "cluster.secret", "limits.max_connections"};
  CHECK(closest("server.prot", known) == "server.port");
  CHECK(closest("engine.ping_interval", known) == "engine.ping_interval_ms");
  CHECK(closest("engine.pingInterval", known) == "engine.ping_interval_ms");
  CHECK(closest("pingInterval", known) == "engine.ping_interval_ms");
  CHECK(closest("server.max_connections", known) == "limits.max_connections");
  CHECK(closest("limits.maxConnection", known) == "limits.max_connections");
  CHECK(closest("jwt.secret", known) == "auth.jwt.secret");
  CHECK(closest("something.else", known).empty());
  CHECK(closest("", known).empty());
}
