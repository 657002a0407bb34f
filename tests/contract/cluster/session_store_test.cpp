// What ports/session_store.hpp promises.

#include "backends/memory/memory_session_store.hpp"
#include "backends/redis/redis_session_store.hpp"
#include "support/redis_world.hpp"

#include <catch2/catch_template_test_macros.hpp>

#include <future>
#include <tuple>

namespace cluster_tests {
namespace {

using record = recovery::session_record;
using found = std::optional<record>;

constexpr duration never{60'000};

/// Two nodes that share their sessions.
struct in_memory {
  explicit in_memory(duration window = never) : all({window, 3}) {}
  memory::memory_session_store all;
  ports::session_store& a = all;
  ports::session_store& b = all;
};
struct in_redis {
  explicit in_redis(duration window = never) : one(world.client(), "test", window), other(world.client(), "test", window) {}
  redis_world world;
  redis::redis_session_store one, other;
  ports::session_store& a = one;
  ports::session_store& b = other;
};
using stores = std::tuple<in_memory, in_redis>;

const recovery::stay here{{1, 10}, {0, 5, 1}}, there{{2, 20}, {1, 6, 1}}, elsewhere{{3, 30}, {}};

ports::saving save(ports::session_store& s, const std::string& pid, const record& r) {
  std::promise<ports::saving> became;
  s.save(pid, r, [&](ports::saving b) { became.set_value(b); });
  return became.get_future().get();
}

record session(recovery::stay owner = here) {
  record r;
  r.sid = "AAEAAAAAAAAAAZqPoMG2";
  r.nsp = "/chat";
  r.user = "ann";
  r.stays = {owner};
  r.rooms = {{"a", {{1, 2}, {}}}, {"b", {{3, 4}, {5, 6}}}};
  return r;
}

result<found> take(ports::session_store& s, const std::string& pid, const recovery::stay& by) {
  return ask<found>([&](auto done) { s.take(pid, by, done); });
}
bool has(ports::session_store& s, const std::string& pid, const recovery::stay& by = elsewhere) {
  const auto r = take(s, pid, by);
  REQUIRE(r.has_value());
  return r->has_value();
}

void leave_behind(ports::session_store& s, const ports::session_store::journal_name& of, std::string bytes) {
  std::promise<void> written;
  s.save_journal(of, std::move(bytes), [&] { written.set_value(); });
  written.get_future().wait();
}
std::optional<std::string> left_behind(ports::session_store& s, const ports::session_store::journal_name& of) {
  const auto r = ask<std::optional<std::string>>([&](auto done) { s.find_journal(of, done); });
  REQUIRE(r.has_value());
  return *r;
}

} // namespace

TEMPLATE_LIST_TEST_CASE("a session is found by every node as it was saved last", "", stores) {
  TestType w;
  CHECK(!has(w.a, "p"));
  w.a.save("p", session());
  auto later = session();
  later.rooms.erase("a");
  w.a.save("p", later);
  const auto r = take(w.a, "p", here);
  REQUIRE(r.has_value());
  CHECK(*r == found(later));
  CHECK(has(w.b, "p"));
}

TEMPLATE_LIST_TEST_CASE("who has lost a session has no say in it any more", "", stores) {
  TestType w;
  w.a.save("p", session());
  REQUIRE(has(w.a, "p", here)); // it is there for all
  REQUIRE(has(w.b, "p", there));
  auto stale = session();
  stale.rooms.clear();
  w.a.save("p", stale);
  w.a.forget("p", here);
  w.a.leave("p", here);
  const auto r = take(w.a, "p", elsewhere);
  REQUIRE(r.has_value());
  REQUIRE(r->has_value());
  CHECK(!(*r)->rooms.empty());
}

TEMPLATE_LIST_TEST_CASE("who has taken a session in vain gives it back", "", stores) {
  TestType w;
  CHECK(save(w.a, "p", session()) == ports::saving::saved);
  REQUIRE(has(w.b, "p", there));
  CHECK(save(w.a, "p", session()) == ports::saving::not_owner);
  w.a.give_back("p", here); // it is not its own to give
  CHECK(save(w.a, "p", session()) == ports::saving::not_owner);
  w.b.give_back("p", there);
  REQUIRE(!has(w.b, "unknown")); // whatever was said before is done
  auto later = session();
  later.rooms.erase("a");
  CHECK(save(w.a, "p", later) == ports::saving::saved);
  const auto r = take(w.b, "p", elsewhere);
  REQUIRE(r.has_value());
  CHECK(*r == found(later));
}

TEMPLATE_LIST_TEST_CASE("a session waits for its window, and not after a goodbye", "", stores) {
  constexpr duration window{300};
  TestType w(window);
  w.a.save("left", session());
  w.a.leave("left", here);
  w.a.save("gone", session());
  w.a.forget("gone", here);
  CHECK(!has(w.a, "gone"));
  // Taking renews the window, so it is not asked for until it is over.
  std::this_thread::sleep_for(window + 200ms);
  CHECK(!has(w.a, "left"));
}

TEMPLATE_LIST_TEST_CASE("odd names of sessions are unknown", "", stores) {
  TestType w;
  for (const std::string pid : {"", "{x}", "a}b", "\0"})
    CHECK(!has(w.a, pid));
  CHECK(!has(w.a, std::string(10'000, 'x')));
}

TEMPLATE_LIST_TEST_CASE("what a node leaves behind is found by every node", "", stores) {
  TestType w;
  const std::string bytes("\0\r\n\xff journal", 12);
  leave_behind(w.a, {{1, 10}, 1}, bytes);
  CHECK(left_behind(w.b, {{1, 10}, 1}) == bytes);
  CHECK(left_behind(w.a, {{1, 10}, 1}) == bytes);
  CHECK(left_behind(w.b, {{1, 10}, 0}) == std::nullopt);
  CHECK(left_behind(w.b, {{1, 11}, 1}) == std::nullopt);
}

TEMPLATE_LIST_TEST_CASE("what a node leaves behind is kept for the window", "", stores) {
  constexpr duration window{300};
  TestType w(window);
  leave_behind(w.a, {{1, 10}, 1}, "bytes");
  std::this_thread::sleep_for(window + 200ms);
  CHECK(left_behind(w.b, {{1, 10}, 1}) == std::nullopt);
}

TEST_CASE("in memory the sessions that have waited longest go first") {
  in_memory w;
  for (auto pid : {"1", "2", "3", "4"}) {
    w.a.save(pid, session());
    w.a.leave(pid, here);
  }
  CHECK(w.all.size() == 3);
  CHECK(!has(w.a, "1"));
  CHECK(has(w.a, "4"));
}

TEST_CASE("a Redis that is away is an error") {
  in_redis w;
  w.a.save("p", session());
  REQUIRE(has(w.a, "p"));
  w.world.go_away();
  CHECK(save(w.a, "p", session()) == ports::saving::unavailable);
  const auto r = take(w.a, "p", there);
  REQUIRE(!r.has_value());
  CHECK(r.error().code == "sessions_unavailable");
}

} // namespace cluster_tests
