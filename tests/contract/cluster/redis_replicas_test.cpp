// Appends that are to be on Redis' replicas.

#include "backends/redis/cluster_map.hpp"
#include "core/room/room_key.hpp"
#include "support/nodes.hpp"
#include "support/redis_world.hpp"

#include <array>

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

  const auto missed = node.groups->counters().missed.load();
  redis.replica.pause();
  const auto late = node.append({{{2, 1}, "a"}});
  REQUIRE(late);
  CHECK(late->taken);
  CHECK(!late->replicated);
  CHECK(node.groups->counters().missed == missed + 1);
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

TEST_CASE("in a Redis Cluster each server speaks for its own replicas", "[slow]") {
  const std::vector<std::string> arguments{"--cluster-enabled", "yes", "--cluster-node-timeout", "1000"};
  redis_process with_replica{arguments}, without{arguments}, replica{arguments};
  REQUIRE(with_replica.ask({"CLUSTER", "ADDSLOTSRANGE", "0", "8191"}) == "OK");
  REQUIRE(without.ask({"CLUSTER", "ADDSLOTSRANGE", "8192", "16383"}) == "OK");
  for (auto* other : {&without, &replica})
    REQUIRE(other->ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(with_replica.port())}) == "OK");
  for (auto* server : {&with_replica, &without, &replica})
    REQUIRE(comes_true([&] { return server->ask({"CLUSTER", "INFO"}).find("cluster_state:ok") != std::string::npos; }, 20s));
  const auto id = with_replica.ask({"CLUSTER", "MYID"});
  REQUIRE(comes_true([&] { return replica.ask({"CLUSTER", "REPLICATE", id}) == "OK"; }, 20s));
  REQUIRE(comes_true([&] { return follows(replica); }, 20s));

  node_log node(with_replica.where());
  const auto room_on = [&](bool first_half) {
    for (int i = 0;; ++i)
      if (auto room = room_key("/", std::string(static_cast<std::size_t>(i), 'x')); (redis::hash_slot(node.log->key_of(room)) < 8'192) == first_half)
        return room;
  };
  const auto safe = room_on(true), unsafe = room_on(false);
  REQUIRE(node.comes_to_replicas(safe));
  std::array<pending<ports::appended>, 3> answers;
  std::uint64_t at = 0;
  for (const auto& room : {safe, safe, unsafe}) {
    node.log->append(room, {{{2, at + 1}, "m"}}, {}, answers[at].done());
    ++at;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const auto r = answers[i].wait();
    REQUIRE(r);
    CHECK(r->taken);
    CHECK(r->replicated == (i < 2));
  }
}

} // namespace cluster_tests
