// Sentinel and Redis Cluster. Slow: failovers and the making of a cluster take Redis several seconds.

#include "backends/redis/cluster_map.hpp"
#include "core/room/room_key.hpp"
#include "support/nodes.hpp"
#include "support/redis_world.hpp"

#include <cstdlib>
#include <mutex>

namespace cluster_tests {
namespace {

redis::options by_sentinel(const sentinel_process& s) {
  auto o = options_for({"127.0.0.1", 1});
  o.sentinel_master = "main";
  o.sentinels = {{"127.0.0.1", 1}, s.where()}; // the first one is dead
  return o;
}

bool bus_works(ports::bus& from, ports::bus& to, const std::string& channel) {
  auto heard = std::make_shared<std::atomic<bool>>(false);
  to.subscribe(channel, [heard](auto, auto) { *heard = true; });
  return comes_true([&] {
    from.publish(channel, "x");
    return heard->load();
  }, 20s);
}

/// Three redis-servers that share the hash slots.
class redis_cluster {
 public:
  redis_cluster() {
    std::string make = "redis-cli --cluster create --cluster-yes";
    for (auto& n : nodes_)
      make += " 127.0.0.1:" + std::to_string(n.port());
    REQUIRE(std::system((make + " >/dev/null 2>&1").c_str()) == 0);
    for (auto& n : nodes_)
      REQUIRE(comes_true([&] { return n.ask({"CLUSTER", "INFO"}).find("cluster_state:ok") != std::string::npos; }));
  }
  redis_process& operator[](std::size_t i) { return nodes_[i]; }
  std::string id_of(std::size_t i) { return nodes_[i].ask({"CLUSTER", "MYID"}); }
  /// Which node has the slot of this key.
  std::size_t owner(const std::string& key) {
    for (std::size_t i = 0; i < 3; ++i)
      if (!nodes_[i].ask({"EXISTS", key}).starts_with("!MOVED"))
        return i;
    FAIL("nobody has the slot of " << key);
    return 0;
  }
  /// The steps of a migration: importing, migrating, all keys, done.
  void announce_move(std::uint16_t slot, std::size_t from, std::size_t to) {
    REQUIRE(nodes_[to].ask({"CLUSTER", "SETSLOT", std::to_string(slot), "IMPORTING", id_of(from)}) == "OK");
    REQUIRE(nodes_[from].ask({"CLUSTER", "SETSLOT", std::to_string(slot), "MIGRATING", id_of(to)}) == "OK");
  }
  void move_keys(std::uint16_t slot, std::size_t from, std::size_t to) {
    std::istringstream keys(nodes_[from].ask({"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), "100"}));
    for (std::string key; std::getline(keys, key);)
      REQUIRE(nodes_[from].ask({"MIGRATE", "127.0.0.1", std::to_string(nodes_[to].port()), key, "0", "5000"}) == "OK");
  }
  void end_move(std::uint16_t slot, std::size_t to) {
    for (std::size_t i : {to, (to + 1) % 3, (to + 2) % 3})
      REQUIRE(nodes_[i].ask({"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", id_of(to)}) == "OK");
  }

 private:
  std::vector<std::string> arguments_{"--cluster-enabled", "yes", "--cluster-node-timeout", "1000"};
  std::array<redis_process, 3> nodes_{
    redis_process{arguments_}, redis_process{arguments_}, redis_process{arguments_}};
};

} // namespace

TEST_CASE("the master that Sentinel names is used, and the next one after a failover", "[slow]") {
  redis_process master;
  redis_process replica{{"--replicaof", "127.0.0.1 " + std::to_string(master.port())}};
  REQUIRE(comes_true([&] { return replica.ask({"INFO", "replication"}).find("master_link_status:up") != std::string::npos; }));
  sentinel_process sentinel{master};
  REQUIRE(comes_true([&] { return !sentinel.ask({"SENTINEL", "replicas", "main"}).empty(); }, 30s));

  auto c = connect(by_sentinel(sentinel));
  redis::redis_registry r{c, "test", 64};
  redis::redis_bus bus{c, "test"};
  auto before = renew(r, node("a"), 60s);
  REQUIRE(before);
  CHECK(bus_works(bus, bus, "before"));
  // A replica whose link is up may still wait for its first second of the stream.
  REQUIRE(comes_true([&] { return replica.ask({"EXISTS", "troupe:{test}:gen"}) == "1"; }));

  master.pause(); // dead for Sentinel, and worse than dead for us: the connection stays
  std::optional<result<ports::renewed>> after;
  REQUIRE(comes_true([&] {
    after = renew(r, node("a"), 60s);
    return after->has_value();
  }, 60s));
  CHECK((*after)->mark.generation == before->mark.generation);
  CHECK((*after)->mark.run != before->mark.run);
  CHECK(replica.ask({"ROLE"}).starts_with("master"));
  CHECK(bus_works(bus, bus, "after"));
}

TEST_CASE("a replica is no server for us") {
  redis_process master;
  redis_process replica{{"--replicaof", "127.0.0.1 " + std::to_string(master.port())}};
  auto o = options_for(replica.where());
  o.timeout = 400ms;
  auto c = connect(o);
  CHECK(comes_true([&] { return send(*c, {"PING"}).error().message.find("replica") != std::string::npos; }));
  CHECK(!c->up());
}

TEST_CASE("no Sentinel that answers is an error that names one") {
  auto o = options_for({"127.0.0.1", 1});
  o.sentinel_master = "main";
  o.sentinels = {{"127.0.0.1", 1}, {"127.0.0.1", 2}};
  o.timeout = 400ms;
  auto c = connect(o);
  CHECK(comes_true([&] { return send(*c, {"PING"}).error().message.find("127.0.0.1:2") != std::string::npos; }));
  pending<redis::answer> last;
  c->send({"PING"}, "", last.done());
  c.reset();
  CHECK(!last.wait());
}

TEST_CASE("a Redis Cluster: every key goes to its node, and follows it", "[slow]") {
  redis_cluster servers;
  auto c = connect(options_for(servers[0].where()));
  redis::redis_registry r{c, "test", 64};
  redis::redis_room_log log{c, "test", slot_of};
  REQUIRE(renew(r, node("a")));
  REQUIRE(claim_one(r, node("a"), 1, {}).granted);
  CHECK(view(r).nodes.size() == 1);
  for (std::size_t i = 1; i <= 60; ++i) { // on all three nodes
    auto room = room_key("/", std::string(i, 'x'));
    REQUIRE(ask<ports::appended>([&](auto done) { log.append(room, {{{1, 1}, "m"}}, {}, done); })->taken);
    REQUIRE(ask<std::vector<ports::log_entry>>([&](auto done) { log.tail(room, ports::log_end, 1, done); })->size() == 1);
  }
  CHECK(c->counters().redirects == 0); // the slots were asked for before the first command

  auto base = std::string("troupe:{test}:");
  auto slot = redis::hash_slot(base);
  auto from = servers.owner(base), to = (from + 1) % 3;
  servers.announce_move(slot, from, to);
  REQUIRE(renew(r, node("a")));
  servers.move_keys(slot, from, to);
  REQUIRE(renew(r, node("a"))); // ASK
  auto redirects = c->counters().redirects.load();
  CHECK(redirects > 0);
  servers.end_move(slot, to);
  REQUIRE(renew(r, node("a"))); // MOVED
  CHECK(c->counters().redirects > redirects);
  redirects = c->counters().redirects;
  CHECK(view(r).nodes.size() == 1);
  CHECK(c->counters().redirects == redirects); // remembered

  redis::redis_bus one{c, "test"}, other{connect(options_for(servers[2].where())), "test"};
  CHECK(bus_works(one, other, "news"));
  CHECK(bus_works(other, one, "back"));
}

TEST_CASE("calls keep their order while their slot moves", "[slow]") {
  redis_cluster servers;
  auto c = connect(options_for(servers[0].where()));
  redis::redis_room_log log{c, "test", slot_of};
  auto room = room_key("/", "lobby");
  auto key = log.key_of(room);
  auto slot = redis::hash_slot(key);
  std::uint64_t next = 1;
  std::atomic<std::uint64_t> answered{0}, taken{0};
  std::mutex lock;
  std::string failures;
  auto append = [&] {
    log.append(room, {{{1, next++}, "m"}}, {10'000, 60s}, [&](auto r) {
      taken += r && r->taken;
      if (std::lock_guard hold(lock); !r)
        failures += r.error().message + "; ";
      ++answered;
    });
  };
  append();
  REQUIRE(comes_true([&] { return taken == 1; }));
  auto from = servers.owner(key);
  for (int round = 0; round < 6; ++round) {
    auto to = (from + 1) % 3;
    std::atomic<bool> moved{false};
    std::thread publisher([&] {
      while (!moved) {
        append();
        std::this_thread::sleep_for(200us);
      }
    });
    servers.announce_move(slot, from, to);
    servers.move_keys(slot, from, to);
    servers.end_move(slot, to);
    moved = true;
    publisher.join();
    from = to;
  }
  REQUIRE(comes_true([&] { return answered == next - 1; }));
  CHECK(failures.empty());
  CHECK(taken == next - 1); // one that came after its follower would have been refused
  CHECK(c->counters().redirects > 0);
}

TEST_CASE("a node of a Redis Cluster that fails is replaced by its replica", "[slow]") {
  redis_cluster servers;
  auto base = std::string("troupe:{test}:");
  auto owner = servers.owner(base);
  redis_process replica{{"--cluster-enabled", "yes", "--cluster-node-timeout", "1000"}};
  REQUIRE(replica.ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(servers[0].port())}) == "OK");
  REQUIRE(comes_true([&] { return replica.ask({"CLUSTER", "REPLICATE", servers.id_of(owner)}) == "OK"; }, 20s));
  REQUIRE(comes_true([&] { return replica.ask({"INFO", "replication"}).find("master_link_status:up") != std::string::npos; }, 20s));
  for (std::size_t i = 0; i < 3; ++i) // who does not know it would not vote for it
    REQUIRE(comes_true([&] { return servers[i].ask({"CLUSTER", "SLOTS"}).find(std::to_string(replica.port())) != std::string::npos; }, 20s));

  auto o = options_for(servers[owner].where()); // the one that fails is the one we begin with
  o.cluster_nodes = {servers[(owner + 1) % 3].where()};
  auto c = connect(o);
  redis::redis_registry r{c, "test", 64};
  auto before = renew(r, node("a"), 60s);
  REQUIRE(before);
  REQUIRE(comes_true([&] { return replica.ask({"DBSIZE"}) == servers[owner].ask({"DBSIZE"}); }));
  servers[owner].kill();
  std::optional<result<ports::renewed>> after;
  bool works = comes_true([&] {
    after = renew(r, node("a"), 60s);
    return after->has_value();
  }, 60s);
  INFO(replica.ask({"CLUSTER", "NODES"}));
  INFO((*after ? "" : after->error().message));
  REQUIRE(works);
  CHECK((*after)->mark.generation == before->mark.generation);
  CHECK((*after)->mark.run != before->mark.run);
  CHECK(comes_true([&] { return c->up(); }));
}

} // namespace cluster_tests
