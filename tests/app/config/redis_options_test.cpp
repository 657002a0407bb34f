#include "app/config/redis_options.hpp"
#include "app/config/support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace app_tests;
namespace redis = troupe::redis;

TEST_CASE("where Redis is: by host, by URL, by the nodes of a cluster, by Sentinels") {
  config c;
  CHECK(!has_redis(c));
  c.redis.host = "cache";
  c.redis.port = 6'380;
  c.redis.user = "ann";
  c.redis.password = "pw";
  c.redis.database = 2;
  CHECK(has_redis(c));
  auto o = redis_options_of(c);
  REQUIRE(o.has_value());
  CHECK(o->server == redis::endpoint{"cache", 6'380});
  CHECK(o->as.user == "ann");
  CHECK(o->as.password == "pw");
  CHECK(o->database == 2);
  CHECK(o->prefix == "troupe:");

  c.redis.url = "redis://bob:other@10.0.0.1/7";
  o = redis_options_of(c);
  REQUIRE(o.has_value());
  CHECK(o->server == redis::endpoint{"10.0.0.1", 6'379});
  CHECK(o->as.user == "bob");
  CHECK(o->as.password == "other");
  CHECK(o->database == 7);

  config nodes;
  nodes.redis.cluster_nodes = {"a:7000", "b:7001"};
  CHECK(has_redis(nodes));
  o = redis_options_of(nodes);
  REQUIRE(o.has_value());
  CHECK(o->server == redis::endpoint{"a", 7'000});
  CHECK(o->cluster_nodes.size() == 2);

  config watched;
  watched.redis.sentinel = {"main", {"s1", "s2:26380"}, "", "spw"};
  CHECK(has_redis(watched));
  o = redis_options_of(watched);
  REQUIRE(o.has_value());
  CHECK(o->sentinel_master == "main");
  CHECK(o->sentinels == std::vector<redis::endpoint>{{"s1", 26'379}, {"s2", 26'380}});
  CHECK(o->sentinel_as.password == "spw");
}

TEST_CASE("what cannot be read of Redis' address is an error without its secrets") {
  config c;
  c.redis.url = "redis://:hunter2@h:0";
  auto o = redis_options_of(c);
  REQUIRE(!o.has_value());
  CHECK(o.error().code == "invalid_redis_url");
  CHECK(o.error().message.find("hunter2") == std::string::npos);
  config nodes;
  nodes.redis.cluster_nodes = {"a:x"};
  CHECK(redis_options_of(nodes).error().code == "invalid_redis_address");
}
