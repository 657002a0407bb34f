// Appends that are to be on Redis' replicas.

#include "core/room/room_key.hpp"
#include "support/nodes.hpp"
#include "support/redis_world.hpp"

namespace cluster_tests {
namespace {

const std::string lobby = room_key("/chat", "lobby");

bool follows(const redis_process& replica) {
  return replica.ask({"INFO", "replication"}).find("master_link_status:up") != std::string::npos;
}

/// A master and one replica of it.
struct pair_of_redis {
  pair_of_redis() { REQUIRE(comes_true([&] { return follows(replica); })); }
  redis_process master;
  redis_process replica{{"--replicaof", "127.0.0.1 " + std::to_string(master.port())}};
};

/// One node's log whose appends wait for replicas.
struct node_log {
  explicit node_log(redis::endpoint server, duration at_most = 400ms, std::size_t replicas = 1, duration timeout = 10s) {
    auto o = options_for(std::move(server));
    o.timeout = timeout;
    groups = std::make_shared<redis::replica_groups>(connect(o), redis::replica_demand{replicas, at_most});
    log.emplace(connect(o), "test", slot_of, groups);
  }
  result<ports::appended> append(std::vector<ports::log_entry> entries, const std::string& room = lobby) {
    return ask<ports::appended>([&](auto done) { log->append(room, std::move(entries), {}, done); });
  }
  /// One more entry, until one is known to be on replicas.
  bool comes_to_replicas(const std::string& room = lobby) {
    return comes_true([&] {
      const auto r = append({{{1, ++last}, "m"}}, room);
      return r && r->taken && r->replicated;
    }, 20s);
  }
  std::shared_ptr<redis::replica_groups> groups;
  std::optional<redis::redis_room_log> log;
  std::uint64_t last = 0;
};

} // namespace

TEST_CASE("an append is called replicated while the replica follows, and only then") {
  pair_of_redis redis;
  node_log node(redis.master.where());
  REQUIRE(node.comes_to_replicas());
  CHECK(redis.replica.ask({"XLEN", node.log->key_of(lobby)}) == std::to_string(node.last));
  const auto known = node.append({});
  REQUIRE(known);
  CHECK(known->replicated);
  CHECK(known->last == ports::log_position{1, node.last});

  redis.replica.pause();
  const auto late = node.append({{{2, 1}, "a"}});
  REQUIRE(late);
  CHECK(late->taken);
  CHECK(!late->replicated);
  CHECK(node.groups->counters().missed == 1);
  const auto alone = node.append({{{2, 2}, "b"}}); // replicas are left alone for a while
  REQUIRE(alone);
  CHECK(alone->taken);
  CHECK(!alone->replicated);
  const auto asked = node.append({});
  REQUIRE(asked);
  CHECK(!asked->replicated);
  REQUIRE(redis.master.ask({"SCRIPT", "FLUSH"}) == "OK"); // makes the next one take a detour
  const auto detour = node.append({{{2, 3}, "c"}});
  REQUIRE(detour);
  CHECK(detour->taken);
  CHECK(!detour->replicated);

  redis.replica.resume();
  node.last = 3;
  CHECK(comes_true([&] {
    const auto r = node.append({}); // a question is enough: nothing need be said
    return r && r->replicated;
  }, 20s));
  CHECK(redis.replica.ask({"XLEN", node.log->key_of(lobby)}) == redis.master.ask({"XLEN", node.log->key_of(lobby)}));
}

TEST_CASE("a question about a log that is not there is answered by no") {
  pair_of_redis redis;
  node_log node(redis.master.where());
  REQUIRE(node.comes_to_replicas());
  const auto r = node.append({}, room_key("/", "nobody"));
  REQUIRE(r);
  CHECK(!r->replicated);
}

TEST_CASE("fewer replicas than demanded are not enough") {
  pair_of_redis redis;
  node_log node(redis.master.where(), 50ms, 2);
  const auto r = node.append({{{1, 1}, "a"}});
  REQUIRE(r);
  CHECK(r->taken);
  CHECK(!r->replicated);
}

TEST_CASE("who waits for replicas holds up nobody else") {
  pair_of_redis redis;
  node_log node(redis.master.where(), 4s);
  redis::redis_registry registry{connect(options_for(redis.master.where())), "test", 64};
  REQUIRE(renew(registry, cluster_tests::node("a")));
  REQUIRE(node.comes_to_replicas());
  redis.replica.pause();
  std::atomic<int> order{0}, append_at{0};
  node.log->append(lobby, {{{2, 1}, "a"}}, {}, [&](auto r) { append_at = r && !r->replicated ? ++order : -1; });
  REQUIRE(renew(registry, cluster_tests::node("a")));
  const int renewed_at = ++order;
  CHECK(comes_true([&] { return append_at != 0; }));
  CHECK(renewed_at == 1);
  CHECK(append_at == 2);
  redis.replica.resume();
}

TEST_CASE("appends of many rooms share a question, and keep their order") {
  pair_of_redis redis;
  node_log node(redis.master.where());
  REQUIRE(node.comes_to_replicas());
  const auto asked = node.groups->counters().asked.load();
  std::atomic<int> taken{0}, replicated{0};
  for (std::uint64_t i = 1; i <= 1'000; ++i)
    node.log->append(room_key("/", std::to_string(i % 50)), {{{2, i}, "m"}}, {}, [&](auto r) {
      taken += r && r->taken;
      replicated += r && r->replicated;
    });
  REQUIRE(comes_true([&] { return taken == 1'000; }, 20s));
  CHECK(replicated == 1'000);
  CHECK(node.groups->counters().asked - asked < 500);
  CHECK(node.groups->counters().waiting == 0);
  node.log->append(lobby, {{{3, 1}, "a"}}, {}, [](auto) {});
  node.log->remove(lobby, {3, 1}, [](auto) {});
  REQUIRE(node.append({{{3, 2}, "b"}})->taken);
  CHECK(redis.master.ask({"XLEN", node.log->key_of(lobby)}) == "1");
}

TEST_CASE("appends beyond redis.max_commands are refused while a group waits") {
  pair_of_redis redis;
  auto o = options_for(redis.master.where());
  o.timeout = 10s;
  o.max_commands = 20;
  redis::redis_room_log log{connect(o), "test", slot_of,
                            std::make_shared<redis::replica_groups>(connect(o), redis::replica_demand{1, 2s})};
  REQUIRE(comes_true([&] {
    const auto r = ask<ports::appended>([&](auto done) { log.append(lobby, {{{1, 1}, "a"}}, {}, done); });
    return r.has_value();
  }));
  redis.replica.pause();
  std::atomic<int> refused{0}, answered{0};
  for (std::uint64_t i = 1; i <= 100; ++i)
    log.append(lobby, {{{2, i}, "m"}}, {}, [&](auto r) {
      refused += !r && r.error().code == "log_unavailable";
      ++answered;
    });
  CHECK(comes_true([&] { return answered == 100; }, 20s));
  CHECK(refused > 0);
  redis.replica.resume();
}

} // namespace cluster_tests
