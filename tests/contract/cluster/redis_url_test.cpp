#include "backends/redis/cluster_map.hpp"
#include "backends/redis/url.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::redis;

TEST_CASE("a URL of Redis is read") {
  auto o = *with_url({}, "redis://cache");
  CHECK(o.server == endpoint{"cache", 6379});
  CHECK(!o.tls);
  CHECK(o.as.password.empty());
  CHECK(o.database == 0);

  o = *with_url({}, "rediss://ann:p%40ss%2Fword@cache.example.com:6380/12");
  CHECK(o.server == endpoint{"cache.example.com", 6380});
  CHECK(o.tls);
  CHECK(o.as.user == "ann");
  CHECK(o.as.password == "p@ss/word");
  CHECK(o.database == 12);

  CHECK(with_url({}, "redis://:secret@10.0.0.1/")->as.user.empty());
  CHECK(with_url({}, "redis://:secret@10.0.0.1/")->as.password == "secret");
  CHECK(with_url({}, "redis://:se:c@r@t@10.0.0.1:1")->as.password == "se:c@r@t");
  CHECK(with_url({}, "redis://[::1]:7000/1")->server == endpoint{"::1", 7000});
  CHECK(with_url({}, "redis://[fe80::1]")->server == endpoint{"fe80::1", 6379});
}

TEST_CASE("a URL of Redis leaves what it does not name") {
  options o;
  o.as = {"ann", "pw"};
  o.database = 5;
  o.prefix = "p:";
  o = *with_url(o, "redis://cache");
  CHECK(o.as.user == "ann");
  CHECK(o.as.password == "pw");
  CHECK(o.database == 5);
  CHECK(o.prefix == "p:");
}

TEST_CASE("a wrong URL of Redis is refused without repeating its secrets") {
  for (const char* wrong :
       {"", "cache", "http://cache", "redis:cache", "redis://", "redis://:hunter2@", "redis://cache:0", "redis://cache:99999",
        "redis://cache:x", "redis://cache/x", "redis://cache/-1", "redis://cache/1/2", "redis://cache?db=1", "redis://cache#1",
        "redis://:hunter2%4@cache", "redis://:hunter2%zz@cache", "redis://[::1", "redis://[::1]x", "redis://a b"}) {
    INFO(wrong);
    auto r = with_url({}, wrong);
    REQUIRE(!r);
    CHECK(r.error().code == "invalid_redis_url");
    CHECK(r.error().message.find("hunter") == std::string::npos);
  }
}

TEST_CASE("addresses of nodes are read") {
  CHECK(*parse_endpoint("a", 26'379) == endpoint{"a", 26'379});
  CHECK(*parse_endpoint("a:1", 26'379) == endpoint{"a", 1});
  CHECK(*parse_endpoint("::1", 26'379) == endpoint{"::1", 26'379});
  CHECK(*parse_endpoint("[::1]:5", 26'379) == endpoint{"::1", 5});
  CHECK(to_text(endpoint{"::1", 5}) == "[::1]:5");
  for (const char* wrong : {"", ":1", "a:", "a:b", "a:70000", "[::1", "user@a:1", "a/1"})
    CHECK(parse_endpoint(wrong, 1).error().code == "invalid_redis_address");
}

TEST_CASE("hash slots are those of Redis") {
  CHECK(hash_slot("123456789") == 12'739);
  CHECK(hash_slot("foo") == 12'182);
  CHECK(hash_slot("troupe:{prod}:nodes") == hash_slot("prod"));
  CHECK(hash_slot("{}foo") != hash_slot("foo"));
  CHECK(hash_slot("a{b") != hash_slot("b"));
  CHECK(hash_slot("{a}{b}") == hash_slot("a"));
}

TEST_CASE("redirects of a Redis Cluster are read") {
  auto error = [](const char* text) { return reply{reply::kind::error, 0, text, {}}; };
  endpoint asked{"10.0.0.1", 7'000};
  auto moved = redirect_of(error("MOVED 3999 127.0.0.1:6381"), asked);
  REQUIRE(moved);
  CHECK(moved->slot == 3'999);
  CHECK(moved->to == endpoint{"127.0.0.1", 6'381});
  CHECK(redirect_of(error("ASK 1 ::1:6381"), asked)->to == endpoint{"::1", 6'381});
  CHECK(redirect_of(error("MOVED 1 :6381"), asked)->to == endpoint{"10.0.0.1", 6'381});
  for (const char* none : {"ERR no", "MOVED", "MOVED 1", "MOVED 20000 a:1", "MOVEDON 1 a:1", "MOVED 1 a"})
    CHECK(!redirect_of(error(none), asked));
}
