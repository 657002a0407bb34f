// The client when Redis stops, lies, forgets or is overloaded.

#include "core/room/room_key.hpp"
#include "support/nodes.hpp"
#include "support/redis_world.hpp"

#include <mutex>

namespace cluster_tests {
namespace {

std::string said(const result<redis::answer>& r) {
  return r ? r->reply.text : r.error().code;
}

} // namespace

TEST_CASE("a Redis that stands still is an error in time, and later calls work") {
  redis_world world;
  auto o = options_for(world.server().where());
  o.timeout = 300ms;
  o.connect_timeout = 300ms;
  auto c = connect(o);
  redis::redis_registry r{c, "test", 64};
  redis::redis_room_log log{c, "test", slot_of};
  REQUIRE(renew(r, node("a")));
  world.server().pause();
  auto begin = clock::now();
  pending<ports::renewed> renewed;
  pending<ports::appended> added;
  r.renew(node("a"), 30s, renewed.done());
  log.append("room", {{{1, 1}, "x"}}, {}, added.done());
  CHECK(renewed.wait().error().code == "registry_unavailable");
  CHECK(added.wait().error().code == "log_unavailable");
  CHECK(clock::now() - begin >= 290ms);
  CHECK(clock::now() - begin < 5s);
  CHECK(comes_true([&] { return !c->up(); }));
  CHECK(renew(r, node("a")).error().code == "registry_unavailable"); // also while nothing can be sent
  CHECK(c->counters().timeouts >= 2);
  world.server().resume();
  CHECK(comes_true([&] { return renew(r, node("a")).has_value(); }));
  CHECK(c->counters().losses >= 1);
  CHECK(c->counters().queued == 0);
}

TEST_CASE("what a stopped Redis was told on the connection before is not carried out after what comes later") {
  redis_world world;
  auto o = options_for(world.server().where());
  o.timeout = 200ms;
  o.connect_timeout = 10s; // one attempt, which is answered as soon as Redis wakes
  auto c = connect(o);
  REQUIRE(send(*c, {"SET", "x", "0"}));
  for (int round = 1; round <= 10; ++round) {
    world.server().pause();
    CHECK(said(send(*c, {"APPEND", "x", "late"})) == "redis_timeout");
    REQUIRE(comes_true([&] { return !c->up(); }));
    world.server().resume();
    REQUIRE(comes_true([&] { return c->up(); }));
    auto mark = std::to_string(round);
    REQUIRE(said(send(*c, {"SET", "x", mark})) == "OK");
    std::this_thread::sleep_for(20ms);
    CHECK(said(send(*c, {"GET", "x"})) == mark);
  }
}

TEST_CASE("commands go out and are answered in order, also after Redis forgot the scripts") {
  redis_world world;
  auto c = world.client();
  redis::redis_room_log log{c, "test", slot_of};
  auto last = [&](std::uint64_t i) {
    pending<ports::appended> added;
    log.append("room", {{{1, i}, "m"}}, {}, added.done());
    return added.wait();
  };
  REQUIRE(last(1)->taken);
  std::uint64_t next = 2;
  std::vector<std::uint64_t> answered; // on the client's thread, read after the last answer
  for (int round = 0; round < 20; ++round) {
    REQUIRE(world.server().ask({"SCRIPT", "FLUSH"}) == "OK");
    answered.clear();
    auto first = next;
    for (; next < first + 50; ++next)
      log.append("room", {{{1, next}, "m"}}, {}, [&, i = next](auto r) {
        if (r && r->taken) // refused if a later one came first
          answered.push_back(i);
      });
    REQUIRE(last(next++)->taken);
    REQUIRE(answered.size() == 50);
    REQUIRE(std::is_sorted(answered.begin(), answered.end()));
  }
  CHECK(c->counters().script_loads > 0);
}

TEST_CASE("too much waiting for Redis is refused, and what waits is sent") {
  redis_process server;
  auto o = options_for(server.where());
  o.max_commands = 10;
  o.max_command_bytes = 100'000;
  o.timeout = 10s;
  auto c = connect(o);
  REQUIRE(send(*c, {"PING"}));
  server.pause();
  std::vector<pending<redis::answer>> waiting(10);
  for (auto& w : waiting)
    c->send({"INCR", "n"}, "n", w.done());
  CHECK(said(send(*c, {"INCR", "n"})) == "redis_busy");
  CHECK(c->counters().queued == 10);
  CHECK(c->counters().refused == 1);
  auto dropped = c->counters().publish_dropped.load();
  c->publish("news", "x");
  CHECK(comes_true([&] { return c->counters().publish_dropped == dropped + 1; }));
  server.resume();
  for (auto& w : waiting)
    CHECK(w.wait());
  CHECK(server.ask({"GET", "n"}) == "10");
  CHECK(said(send(*c, {"SET", "x", std::string(100'001, 'x')})) == "redis_busy");
  CHECK(send(*c, {"SET", "x", std::string(99'000, 'x')}));
  CHECK(c->counters().queued == 0);
  CHECK(c->counters().queued_bytes == 0);
}

TEST_CASE("commands wait for a Redis that comes in time") {
  redis_process server;
  auto where = server.where();
  server.kill();
  auto o = options_for(where);
  o.timeout = 10s;
  auto c = connect(o);
  pending<redis::answer> first, second;
  c->send({"SET", "x", "1"}, "x", first.done());
  c->send({"GET", "x"}, "x", second.done());
  REQUIRE(comes_true([&] { return c->counters().connect_failures > 0; }));
  server.start();
  CHECK(said(first.wait()) == "OK");
  CHECK(said(second.wait()) == "1");
}

TEST_CASE("everything that waits is answered when the client ends") {
  redis_process server;
  auto c = connect(options_for(server.where()));
  REQUIRE(send(*c, {"PING"}));
  server.pause();
  std::atomic<int> answered{0};
  for (int i = 0; i < 20; ++i)
    c->send({"PING"}, "", [&](auto r) { answered += !r; });
  c.reset();
  CHECK(answered == 20);
  server.resume();

  redis::options nowhere = options_for({"127.0.0.1", 1});
  c = connect(nowhere);
  for (int i = 0; i < 20; ++i)
    c->send({"PING"}, "", [&](auto r) { answered += !r; });
  c.reset();
  CHECK(answered == 40);
}

TEST_CASE("subscriptions notice a Redis that stands still") {
  redis_world world;
  auto o = options_for(world.server().where());
  o.timeout = 300ms;
  o.connect_timeout = 300ms;
  redis::redis_bus bus{connect(o), "test"};
  std::atomic<int> ups{0}, downs{0};
  bus.on_state([&](bool up) { ++(up ? ups : downs); });
  REQUIRE(comes_true([&] { return ups == 1; }));
  auto before = downs.load();
  world.server().pause();
  CHECK(comes_true([&] { return downs == before + 1; }));
  world.server().resume();
  CHECK(comes_true([&] { return ups == 2; }));
}

TEST_CASE("a host name is looked up, and a name that nobody has is an error") {
  redis_process server;
  auto c = connect(options_for({"localhost", server.port()}));
  CHECK(said(send(*c, {"PING"})) == "PONG");
  auto o = options_for({"no-such-host.invalid", 6379});
  o.timeout = 300ms;
  auto nobody = connect(o);
  CHECK(comes_true([&] {
    auto r = send(*nobody, {"PING"});
    return r.error().message.find("no-such-host.invalid") != std::string::npos;
  }));
}

TEST_CASE("a registry's keys are readable, and a flushed one begins anew") {
  redis_world world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a", 10, 7)));
  REQUIRE(claim_one(*r, node("a", 10, 7), 3, {}, 5).granted);
  auto& server = world.server();
  CHECK(server.ask({"SMEMBERS", "troupe:{test}:nodes"}) == "a");
  CHECK(server.ask({"GET", "troupe:{test}:node:a"}).find("\"host\":\"10.0.0.1\"") != std::string::npos);
  CHECK(server.ask({"HGET", "troupe:{test}:slots", "3"}) == "5 10 a");
  CHECK(server.ask({"HGET", "troupe:{test}:numbers", "7"}) == "10:a");
  CHECK(server.ask({"GET", "troupe:{test}:slot_count"}) == "64");

  auto log = world.log();
  auto key = dynamic_cast<redis::redis_room_log&>(*log).key_of(room_key("/chat", "lobby"));
  CHECK(key == "troupe:{test:11}:log:/chat#lobby");
  REQUIRE(ask<ports::appended>([&](auto done) { log->append(room_key("/chat", "lobby"), {{{5, 1}, "x"}}, {}, done); }));
  CHECK(server.ask({"XLEN", key}) == "1");
  CHECK(std::stoll(server.ask({"PTTL", key})) > 86'000'000);

  auto before = view(*r).mark;
  REQUIRE(server.ask({"FLUSHALL"}) == "OK");
  auto after = renew(*r, node("a", 10, 7));
  REQUIRE(after);
  CHECK(after->mark.generation != before.generation);
  CHECK(after->mark.run == before.run);
  CHECK(after->slots_version == 0);
}

TEST_CASE("records that others spoiled do not hurt") {
  redis_world world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a")));
  auto& server = world.server();
  server.ask({"SET", "troupe:{test}:node:b", "no json"});
  server.ask({"SADD", "troupe:{test}:nodes", "b", "gone"});
  server.ask({"HSET", "troupe:{test}:slots", "1", "nonsense", "x", "y", "99999", "1 2 c"});
  auto seen = view(*r);
  REQUIRE(seen.nodes.size() == 1);
  CHECK(seen.slots[1] == ports::slot_record{});
  CHECK(server.ask({"SISMEMBER", "troupe:{test}:nodes", "gone"}) == "0");
  server.ask({"DEL", "troupe:{test}:slots"});
  server.ask({"SET", "troupe:{test}:slots", "a text"});
  auto refused = ask<ports::registry_view>([&](auto done) { r->read(done); });
  REQUIRE(!refused);
  CHECK(refused.error().code == "registry_unavailable");
  CHECK(refused.error().message.find("WRONGTYPE") != std::string::npos);
}

} // namespace cluster_tests
