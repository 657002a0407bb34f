// Passwords, users, databases and prefixes.

#include "support/captured_log.hpp"
#include "support/nodes.hpp"
#include "support/redis_world.hpp"

#include <hiredis/hiredis.h>

namespace cluster_tests {
namespace {

std::string trouble_of(const std::shared_ptr<redis::client>& c) {
  auto r = send(*c, {"PING"});
  return r ? "none" : r.error().message;
}

} // namespace

TEST_CASE("a password is needed, wrong or right") {
  redis_process server{{"--requirepass", "hunter2"}, "hunter2"};
  auto o = options_for(server.where());
  o.timeout = 500ms;
  auto none = connect(o);
  captured_log log; // after the first client, which switches the log off
  CHECK(trouble_of(none).find("redis.password") != std::string::npos);
  o.as.password = "hunter3";
  CHECK(trouble_of(connect(o)).find("WRONGPASS") != std::string::npos);
  o.as.password = "hunter2";
  auto right = connect(o);
  CHECK(trouble_of(right) == "none");
  redis::redis_registry r{right, "test", 64};
  CHECK(renew(r, node("a")));
  CHECK(log.has("redis-unreachable"));
  CHECK(log.has("redis-connected"));
  CHECK(!log.has("hunter"));
}

TEST_CASE("a user of the access list does what it may") {
  redis_process server;
  REQUIRE(server.ask({"ACL", "SETUSER", "chat", "on", ">pw:@/%", "~app:*", "&app:*", "+@all", "-@dangerous"}) == "OK");
  auto o = options_for(server.where());
  o.as = {"chat", "pw:@/%"};
  o.prefix = "app:";
  auto c = connect(o);
  redis::redis_registry r{c, "test", 64};
  auto first = renew(r, node("a"));
  REQUIRE(first);
  CHECK(server.ask({"SMEMBERS", "app:{test}:nodes"}) == "a");
  CHECK(first->mark.run.empty()); // INFO is dangerous, says Redis
  auto forbidden = send(*c, {"SET", "other:x", "1"});
  REQUIRE(forbidden);
  CHECK(forbidden->reply.is_error("NOPERM"));

  redis::redis_bus bus{c, "test"};
  std::atomic<bool> heard{false};
  bus.subscribe("news", [&](auto, auto) { heard = true; });
  CHECK(comes_true([&] {
    bus.publish("news", "x");
    return heard.load();
  }));

  o.as.user = "nobody";
  o.timeout = 500ms;
  CHECK(trouble_of(connect(o)).find("WRONGPASS") != std::string::npos);
}

TEST_CASE("a database of its own") {
  redis_process server;
  auto o = options_for(server.where());
  o.database = 3;
  redis::redis_registry r{connect(o), "test", 64};
  REQUIRE(renew(r, node("a")));
  CHECK(server.ask({"EXISTS", "troupe:{test}:nodes"}) == "0");
  CHECK(server.ask({"INFO", "keyspace"}).find("db3:keys=") != std::string::npos);
  o.database = 99;
  o.timeout = 500ms;
  CHECK(trouble_of(connect(o)).find("redis.database") != std::string::npos);
}

TEST_CASE("a Redis that throws keys away is warned of") {
  redis_process keeps{{"--maxmemory", "100mb", "--maxmemory-policy", "noeviction"}};
  redis_process evicts{{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}};
  auto first = connect(options_for(keeps.where()));
  REQUIRE(send(*first, {"PING"}));
  captured_log log;
  auto second = connect(options_for(keeps.where()));
  REQUIRE(send(*second, {"PING"}));
  CHECK(!log.has("redis-evicts"));
  auto third = connect(options_for(evicts.where()));
  REQUIRE(send(*third, {"PING"}));
  CHECK(log.has("redis-evicts"));
}

TEST_CASE("TLS that this build cannot speak is refused at once") {
  redis::options o;
  o.tls = true;
  auto made = redis::client::make(o);
#if HIREDIS_MAJOR >= 1
  CHECK(made);
#else
  REQUIRE(!made);
  CHECK(made.error().code == "redis_tls");
#endif
}

} // namespace cluster_tests
