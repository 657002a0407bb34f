// What is special about rooms' logs in PostgreSQL: transactions of several nodes, tables, a server that stops.

#include "backends/postgres/url.hpp"
#include "core/room/room_key.hpp"
#include "support/captured_log.hpp"
#include "support/postgres_world.hpp"

#include <catch2/catch_test_macros.hpp>

#include <map>
#include <thread>

namespace cluster_tests {
namespace {

using entries = std::vector<ports::log_entry>;
using postgres::postgres_room_log;

const std::string lobby = room_key("/chat", "lobby");
const ports::log_keep day;

result<ports::appended> append(ports::room_log& log, const std::string& room, entries e, ports::log_keep keep = {}) {
  return ask<ports::appended>([&](auto done) { log.append(room, std::move(e), keep, done); });
}

entries all_of(ports::room_log& log, const std::string& room) {
  auto r = ask<entries>([&](auto done) { log.read(room, {}, 100'000, done); });
  REQUIRE(r);
  return *r;
}

bool works(ports::room_log& log, std::uint64_t seq) {
  return comes_true([&] { return append(log, lobby, {{{9, seq}, "x"}}).has_value(); }, 30s);
}

} // namespace

TEST_CASE("nodes that start at once make the tables together") {
  auto& server = postgres_server();
  std::vector<std::unique_ptr<postgres_room_log>> nodes;
  for (int i = 0; i < 8; ++i) {
    auto o = postgres_options(server.url(), "together");
    o.schema = "made_by_8";
    nodes.push_back(std::make_unique<postgres_room_log>(o));
  }
  for (std::uint64_t i = 0; i < 8; ++i)
    CHECK(comes_true([&] { return append(*nodes[i], lobby, {{{1, i + 1}, "m"}}).has_value(); }, 30s));
  CHECK(all_of(*nodes[0], lobby).size() == 8);
  CHECK(server.ask("SELECT count(*) FROM made_by_8.room_logs") == "1");
}

TEST_CASE("two nodes that write to one room at once fence each other") {
  postgres_world world;
  auto a = world.log(), b = world.log();
  struct node {
    ports::room_log& log;
    std::map<ports::log_position, bool> said{}; ///< position -> taken
  };
  node nodes[] = {{*a}, {*b}};
  // Each takes the room over again and again, as a home does that does not know of the other.
  auto write = [](node& n) {
    std::uint64_t epoch = 1;
    for (int i = 0; i < 200; ++i) {
      const ports::log_position at{epoch, static_cast<std::uint64_t>(i + 1)};
      const auto r = append(n.log, lobby, {{at, std::to_string(at.epoch) + "." + std::to_string(at.seq)}}, {10'000, 60s});
      if (!r)
        continue; // neither taken nor refused for all that is known
      n.said[at] = r->taken;
      if (!r->taken)
        epoch = r->last.epoch + 1;
    }
  };
  std::thread other{[&] { write(nodes[0]); }};
  write(nodes[1]);
  other.join();
  const auto log = all_of(*a, lobby);
  std::map<ports::log_position, std::string> stored;
  ports::log_position last;
  for (const auto& e : log) {
    CHECK(e.at > last);
    last = e.at;
    stored[e.at] = e.bytes;
  }
  std::size_t taken = 0, refused = 0;
  for (const auto& n : nodes)
    for (const auto& [at, was] : n.said) {
      CHECK(stored.contains(at) >= was);
      ++(was ? taken : refused);
    }
  CHECK(taken == log.size());
  CHECK(refused > 0);
}

TEST_CASE("nodes that write to the same rooms in other orders do not wait for each other in a circle") {
  postgres_world world;
  auto a = world.log(), b = world.log();
  REQUIRE(append(*a, lobby, {{{1, 1}, "warm"}}));
  REQUIRE(append(*b, lobby, {{{1, 2}, "warm"}}));
  std::atomic<int> good{0}, answers{0};
  constexpr int rooms = 50, rounds = 20;
  for (std::uint64_t round = 1; round <= rounds; ++round)
    for (int i = 0; i < rooms; ++i) {
      auto count = [&](const result<ports::appended>& r) {
        good += r.has_value();
        ++answers;
      };
      a->append("room-" + std::to_string(i), {{{round, 1}, "a"}}, {}, count);
      b->append("room-" + std::to_string(rooms - 1 - i), {{{round, 2}, "b"}}, {}, count);
    }
  CHECK(comes_true([&] { return answers == 2 * rooms * rounds; }, 30s));
  CHECK(good == 2 * rooms * rounds);
  CHECK(a->counters().failed == 0);
  CHECK(a->counters().batches < rooms * rounds); // what waits shares a transaction
}

TEST_CASE("an append whose answer was lost is repeated") {
  postgres_world world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{5, 1}, "a"}})->taken);
  REQUIRE(append(*log, lobby, {{{5, 2}, "b"}, {{5, 3}, "c"}})->taken);
  const auto again = append(*log, lobby, {{{5, 2}, "b"}, {{5, 3}, "c"}});
  REQUIRE(again);
  CHECK(!again->taken);
  CHECK(again->last == ports::log_position{5, 3});
  CHECK(all_of(*log, lobby).size() == 3);
}

TEST_CASE("a room that somebody else holds fails alone") {
  postgres_world world;
  auto log = world.log();
  REQUIRE(append(*log, "held", {{{1, 1}, "a"}})->taken);
  std::thread holder{[&] {
    world.server().ask("BEGIN; UPDATE troupe.room_logs SET epoch = epoch WHERE cluster = '" + world.cluster()
                       + "' AND room = 'held'; SELECT pg_sleep(4); COMMIT");
  }};
  REQUIRE(comes_true([&] { return world.server().ask("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(4)%' AND wait_event = 'PgSleep'") != "0"; }));
  pending<ports::appended> held, free;
  log->append("held", {{{1, 2}, "b"}}, day, held.done());
  log->append("free", {{{1, 1}, "b"}}, day, free.done());
  CHECK(held.wait().error().code == "log_unavailable");
  const auto taken = free.wait();
  REQUIRE(taken);
  CHECK(taken->taken);
  CHECK(log->up()); // the connection is kept
  holder.join();
  CHECK(append(*log, "held", {{{1, 2}, "b"}})->taken);
}

TEST_CASE("clusters that share a database do not see each other's rooms") {
  postgres_world one, two;
  auto a = one.log(), b = two.log();
  REQUIRE(append(*a, lobby, {{{5, 1}, "a"}})->taken);
  REQUIRE(append(*b, lobby, {{{4, 1}, "b"}})->taken);
  CHECK(all_of(*a, lobby).front().bytes == "a");
  CHECK(all_of(*b, lobby).front().bytes == "b");
}

TEST_CASE("expired logs leave the tables, a few at a time") {
  postgres_world world;
  auto log = world.log();
  auto count = [&](const char* table, const char* more) {
    return world.server().ask(std::string("SELECT count(*) FROM troupe.room_logs l") + table + " WHERE l.cluster = '" + world.cluster() + "'" + more);
  };
  REQUIRE(append(*log, lobby, {{{1, 1}, "kept"}})->taken);
  for (int i = 0; i < 50; ++i)
    log->append("short-" + std::to_string(i), {{{1, 1}, "a"}, {{1, 2}, "b"}}, {100, 200ms}, [](auto) {});
  REQUIRE(append(*log, lobby, {{{1, 2}, "kept"}})->taken);
  CHECK(comes_true([&] { return count("", "") == "1"; }, 30s));
  CHECK(comes_true([&] { return log->counters().swept >= 50; }));
  CHECK(count(" JOIN troupe.room_log_entries e ON e.log = l.id", "") == "2");
  CHECK(world.server().ask("SELECT count(*) FROM troupe.room_log_entries e WHERE NOT EXISTS (SELECT FROM troupe.room_logs l WHERE l.id = e.log)") == "0");
}

TEST_CASE("the number of entries that a room's row tells is true") {
  postgres_world world;
  auto log = world.log();
  for (std::uint64_t i = 1; i <= 300; ++i)
    log->append(lobby, {{{1, 2 * i}, "a"}, {{1, 2 * i + 1}, "b"}}, {i < 200 ? 1'000u : 20u, 60s}, [](auto) {});
  all_of(*log, lobby);
  CHECK(world.server().ask("SELECT l.entries - count(*) FROM troupe.room_logs l JOIN troupe.room_log_entries e ON e.log = l.id WHERE l.cluster = '"
                           + world.cluster() + "' GROUP BY l.id") == "0");
  CHECK(all_of(*log, lobby).size() <= 25);
}

TEST_CASE("what was taken is there after PostgreSQL crashed, and so is the fence") {
  postgres_world world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{5, 7}, "before"}})->taken);
  world.go_away();
  CHECK(comes_true([&] { return !log->up(); }));
  world.come_back();
  CHECK(comes_true([&] { return log->up(); }, 30s));
  const auto late = append(*log, lobby, {{{5, 6}, "late"}});
  REQUIRE(late);
  CHECK(!late->taken);
  CHECK(late->last == ports::log_position{5, 7});
  CHECK(all_of(*log, lobby).front().bytes == "before");
  CHECK(log->counters().losses == 1);
}

TEST_CASE("a PostgreSQL that stands still is an error in time, and later calls work") {
  postgres_world world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{1, 1}, "a"}})->taken);
  world.server().pause();
  const auto begin = clock::now();
  CHECK(append(*log, lobby, {{{1, 2}, "b"}}).error().code == "log_unavailable");
  CHECK(clock::now() - begin < 9s);
  CHECK(comes_true([&] { return !log->up(); }));
  CHECK(log->counters().timeouts >= 1);
  world.server().resume();
  CHECK(works(*log, 1));
}

TEST_CASE("a connection that is taken away comes back") {
  postgres_world world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{1, 1}, "a"}})->taken);
  world.server().ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'");
  CHECK(comes_true([&] { return log->counters().losses == 1; }));
  CHECK(works(*log, 1));
}

TEST_CASE("tables that somebody drops are made again") {
  auto& server = postgres_server();
  auto o = postgres_options(server.url(), "dropped");
  o.schema = "dropped";
  postgres_room_log log{o};
  REQUIRE(works(log, 1));
  CHECK(server.ask("DROP SCHEMA dropped CASCADE").empty());
  CHECK(works(log, 1));
}

TEST_CASE("more calls than may wait are refused, and all are answered") {
  postgres_world world;
  auto o = postgres_options(world.server().url(), world.cluster());
  o.max_calls = 10;
  postgres_room_log log{o};
  REQUIRE(works(log, 1));
  world.server().pause();
  std::atomic<int> refused{0}, answers{0};
  for (std::uint64_t i = 1; i <= 100; ++i)
    log.append("many", {{{1, i}, "m"}}, {}, [&](const result<ports::appended>& r) {
      refused += !r && r.error().message.find("too many calls") != std::string::npos;
      ++answers;
    });
  CHECK(comes_true([&] { return answers == 100; }));
  CHECK(refused >= 80);
  CHECK(log.counters().refused == static_cast<std::uint64_t>(refused));
  world.server().resume();
  CHECK(works(log, 2));
  CHECK(comes_true([&] { return log.counters().waiting <= 1; })); // itself, looking for expired logs
  CHECK(log.counters().waiting_bytes == 0);
}

TEST_CASE("who ends a log gets every answer before") {
  postgres_world world;
  auto log = world.log();
  int answers = 0;
  for (std::uint64_t i = 1; i <= 200; ++i)
    log->append(lobby, {{{1, i}, "m"}}, {}, [&](auto) { ++answers; });
  log->end();
  CHECK(answers == 200);
  log->append(lobby, {{{2, 1}, "m"}}, {}, [&](auto) { ++answers; });
  log.reset();
  CHECK(answers == 200);
}

TEST_CASE("passwords stay out of the log, right or wrong") {
  postgres_world world;
  auto right = world.log();
  captured_log log; // after the first, which switches the log off
  postgres_room_log wrong{postgres_options(world.server().url("postgres", "hunter3"), world.cluster())};
  const auto refused = append(wrong, lobby, {{{1, 1}, "a"}});
  REQUIRE(!refused);
  CHECK(refused.error().message.find("password authentication failed") != std::string::npos);
  CHECK(log.has("postgres-unreachable"));
  CHECK(works(*right, 1));
  world.server().ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'");
  CHECK(comes_true([&] { return log.has("postgres-lost"); }));
  CHECK(works(*right, 2));
  CHECK(log.has("postgres-connected"));
  CHECK(!log.has("hunter"));
}

TEST_CASE("connection strings that cannot be are refused without repeating them") {
  using postgres::check_url;
  for (const char* good : {"postgres://u:p%40w@h/d", "postgresql://h", "postgres://a,b:1,2/d?sslmode=verify-full", "host=h dbname=d user=u password='p w@'",
                           "postgres://u:pw@[::1]:5432/d", "service=chat"})
    CHECK(check_url(good));
  for (const char* bad : {"hunter2", "postgres://u:hunter@2@h/d", "postgres://u:hunter/2@h/d", "postgres://u:hunter2@h:port/d",
                          "postgres://h/d?hunter2=1", "mysql://u:hunter2@h/d", "host=h password=hunter 2"}) {
    CAPTURE(bad);
    const auto r = check_url(bad);
    REQUIRE(!r);
    CHECK(r.error().code == "invalid_postgres_url");
    CHECK(r.error().message.find("hunter") == std::string::npos);
  }
}

} // namespace cluster_tests
