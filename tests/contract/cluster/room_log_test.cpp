// What ports/room_log.hpp promises.

#include "core/room/room_key.hpp"
#include "support/worlds.hpp"

namespace cluster_tests {
namespace {

using entries = std::vector<ports::log_entry>;

const std::string lobby = room_key("/chat", "lobby");

result<ports::appended> append(ports::room_log& log, const std::string& room, entries e, ports::log_keep keep = {}) {
  return ask<ports::appended>([&](auto done) { log.append(room, std::move(e), keep, done); });
}
/// Positions as "epoch-seq", with the bytes: "5-1:a 5-2:b".
std::string shown(const result<entries>& r) {
  if (!r)
    return r.error().code;
  std::string all;
  for (const auto& e : *r)
    all += (all.empty() ? "" : " ") + std::to_string(e.at.epoch) + "-" + std::to_string(e.at.seq) + ":" + e.bytes;
  return all;
}
std::string read(ports::room_log& log, ports::log_position after, std::size_t limit = 100, std::string room = lobby) {
  return shown(ask<entries>([&](auto done) { log.read(room, after, limit, done); }));
}
std::string tail(ports::room_log& log, std::size_t limit, ports::log_position before = ports::log_end) {
  return shown(ask<entries>([&](auto done) { log.tail(lobby, before, limit, done); }));
}

} // namespace

TEMPLATE_LIST_TEST_CASE("what was appended is read in order, by every node", "", log_worlds) {
  TestType world;
  auto a = world.log(), b = world.log();
  CHECK(read(*b, {}).empty());
  CHECK(tail(*b, 3).empty());
  auto first = append(*a, lobby, {{{5, 1}, "a"}});
  REQUIRE(first);
  CHECK(first->taken);
  CHECK(first->last == ports::log_position{5, 1});
  auto more = append(*b, lobby, {{{5, 2}, "b"}, {{5, 3}, "c"}, {{9, 1}, "d"}});
  REQUIRE(more);
  CHECK(more->taken);
  CHECK(more->last == ports::log_position{9, 1});
  CHECK(read(*a, {}) == "5-1:a 5-2:b 5-3:c 9-1:d");
  CHECK(read(*a, {5, 1}) == "5-2:b 5-3:c 9-1:d");
  CHECK(read(*a, {5, 1}, 2) == "5-2:b 5-3:c");
  CHECK(read(*a, {5, 3}) == "9-1:d");
  CHECK(read(*a, {5, UINT64_MAX}) == "9-1:d");
  CHECK(read(*a, {7, 0}) == "9-1:d");
  CHECK(read(*a, {9, 1}).empty());
  CHECK(read(*a, {UINT64_MAX, UINT64_MAX}).empty());
  CHECK(read(*a, {}, 0).empty());
  CHECK(tail(*a, 2) == "5-3:c 9-1:d");
  CHECK(tail(*a, 10) == "5-1:a 5-2:b 5-3:c 9-1:d");
  CHECK(tail(*a, 0).empty());
  CHECK(tail(*a, 2, {5, 3}) == "5-1:a 5-2:b");
  CHECK(tail(*a, 1, {5, 3}) == "5-2:b");
  CHECK(tail(*a, 2, {9, 1}) == "5-2:b 5-3:c");
  CHECK(tail(*a, 2, {9, 0}) == "5-2:b 5-3:c");
  CHECK(tail(*a, 2, {7, 0}) == "5-2:b 5-3:c");
  CHECK(tail(*a, 2, {5, 1}).empty());
  CHECK(tail(*a, 2, {0, 1}).empty());
  CHECK(tail(*a, 2, {0, 0}).empty());
}

TEMPLATE_LIST_TEST_CASE("the log refuses whoever was overtaken", "", log_worlds) {
  TestType world;
  auto a = world.log(), b = world.log();
  REQUIRE(append(*a, lobby, {{{1'700'000'000'000, 7}, "old"}})->taken);
  REQUIRE(append(*b, lobby, {{{1'700'000'000'001, 1}, "new"}})->taken);
  for (ports::log_position overtaken :
       {ports::log_position{1'700'000'000'000, 8}, {1'700'000'000'001, 0}, {1, 1}, {1'700'000'000'001, 1}}) {
    auto refused = append(*a, lobby, {{overtaken, "late"}});
    REQUIRE(refused);
    CHECK(!refused->taken);
    CHECK(refused->last == ports::log_position{1'700'000'000'001, 1});
  }
  CHECK(tail(*a, 10) == "1700000000000-7:old 1700000000001-1:new");
}

TEMPLATE_LIST_TEST_CASE("an append is taken whole or not at all", "", log_worlds) {
  TestType world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{5, 2}, "a"}})->taken);
  auto refused = append(*log, lobby, {{{5, 2}, "x"}, {{5, 3}, "y"}, {{6, 1}, "z"}});
  REQUIRE(refused);
  CHECK(!refused->taken);
  CHECK(tail(*log, 10) == "5-2:a");
  for (entries wrong : {entries{{{6, 1}, "x"}, {{6, 1}, "y"}}, entries{{{6, 2}, "x"}, {{6, 1}, "y"}}, entries{{{0, 0}, "x"}}})
    CHECK(append(*log, lobby, wrong).error().code == "log_out_of_order");
  auto end = append(*log, lobby, {});
  REQUIRE(end);
  CHECK(!end->taken);
  CHECK(end->last == ports::log_position{5, 2});
  CHECK(tail(*log, 10) == "5-2:a");
}

TEMPLATE_LIST_TEST_CASE("any bytes come back as they were, from any room", "", log_worlds) {
  TestType world;
  auto log = world.log();
  std::string all;
  for (int c = 0; c < 256; ++c)
    all += static_cast<char>(c);
  std::string large(300'000, '\0');
  // Rooms that a careless escape would mix up.
  std::vector<std::string> rooms{
    room_key("/a", "b"), room_key("/a#b", ""), room_key("/a", "#b"), room_key("/a%23", "b"), room_key("/a#", "b"),
    room_key("/", ""),   room_key("/", "ä\x01{x}:log: "), "/a#b",  ""};
  for (const auto& room : rooms)
    REQUIRE(append(*log, room, {{{1, 1}, room}, {{1, 2}, all}, {{1, 3}, ""}, {{1, 4}, large}})->taken);
  for (const auto& room : rooms) {
    auto back = ask<entries>([&](auto done) { log->read(room, {}, 10, done); });
    REQUIRE(back);
    REQUIRE(back->size() == 4);
    CHECK((*back)[0].bytes == room);
    CHECK((*back)[1].bytes == all);
    CHECK((*back)[2].bytes.empty());
    CHECK((*back)[3].bytes == large);
  }
}

TEMPLATE_LIST_TEST_CASE("the oldest entries leave a log that is long", "", log_worlds) {
  TestType world;
  auto log = world.log();
  for (std::uint64_t i = 1; i <= 1'000; ++i)
    log->append(lobby, {{{1, i}, "m"}}, {100, 60s}, [](auto) {});
  auto all = ask<entries>([&](auto done) { log->read(lobby, {}, 10'000, done); });
  REQUIRE(all);
  CHECK(all->size() >= 100);
  CHECK(all->size() <= 100 + TestType::log_slack);
  CHECK(all->back().at.seq == 1'000);
  CHECK(all->front().at.seq == 1'001 - all->size());
}

TEMPLATE_LIST_TEST_CASE("a log expires some time after its last entry", "", log_worlds) {
  TestType world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{1, 1}, "a"}}, {100, 500ms})->taken);
  world.pass(300ms);
  REQUIRE(append(*log, lobby, {{{1, 2}, "b"}}, {100, 500ms})->taken);
  world.pass(300ms);
  CHECK(tail(*log, 10) == "1-1:a 1-2:b");
  world.pass(320ms);
  CHECK(tail(*log, 10).empty());
  CHECK(append(*log, lobby, {{{1, 1}, "c"}})->taken);
}

TEMPLATE_LIST_TEST_CASE("a log that was removed is empty, and still the fence", "", log_worlds) {
  TestType world;
  auto log = world.log();
  auto remove = [&] { return *ask<bool>([&](auto done) { log->remove(lobby, {5, 7}, done); }); };
  CHECK(!remove());
  REQUIRE(append(*log, lobby, {{{5, 6}, "a"}, {{5, 7}, "b"}})->taken);
  CHECK(remove());
  CHECK(!remove());
  CHECK(read(*log, {}).empty());
  auto late = append(*log, lobby, {{{4, 9}, "late"}});
  REQUIRE(late);
  CHECK(!late->taken);
  CHECK(late->last == ports::log_position{5, 7});
  auto end = append(*log, lobby, {});
  REQUIRE(end);
  CHECK(end->last == ports::log_position{5, 7});
  CHECK(append(*log, lobby, {{{5, 8}, "b"}})->taken);
  CHECK(tail(*log, 10) == "5-8:b");
}

TEMPLATE_LIST_TEST_CASE("a log that somebody else has gone on with is not removed", "", log_worlds) {
  TestType world;
  auto old_home = world.log(), new_home = world.log();
  auto remove = [&](ports::log_position up_to) { return *ask<bool>([&](auto done) { old_home->remove(lobby, up_to, done); }); };
  REQUIRE(append(*old_home, lobby, {{{5, 1}, "a"}, {{5, 2}, "b"}})->taken);
  CHECK(!remove({5, 1}));
  CHECK(!remove({4, 9}));
  REQUIRE(append(*new_home, lobby, {{{6, 0}, ""}})->taken); // it has said nothing yet
  CHECK(!remove({5, 2}));
  CHECK(!remove({5, UINT64_MAX}));
  CHECK(tail(*new_home, 10) == "5-1:a 5-2:b 6-0:");
  CHECK(remove(ports::log_end));
  CHECK(tail(*new_home, 10).empty());
}

TEMPLATE_LIST_TEST_CASE("a removal comes after the appends that were asked for before, and before those asked for later", "", log_worlds) {
  TestType world;
  auto log = world.log();
  log->append(lobby, {{{1, 1}, "a"}}, {}, [](auto) {});
  log->remove(lobby, {1, 1}, [](auto) {});
  log->append(lobby, {{{1, 2}, "b"}}, {}, [](auto) {});
  REQUIRE(append(*log, lobby, {{{1, 3}, "c"}})->taken);
  CHECK(tail(*log, 10) == "1-2:b 1-3:c");
}

TEMPLATE_LIST_TEST_CASE("appends of one object happen in the order of the calls", "", log_worlds) {
  TestType world;
  auto log = world.log();
  int taken = 0; // written by one thread at a time, read after the last answer
  for (std::uint64_t i = 1; i <= 500; ++i)
    log->append(lobby, {{{1, i}, std::to_string(i)}}, {}, [&](auto r) { taken += r && r->taken; });
  REQUIRE(append(*log, lobby, {{{1, 501}, "last"}})->taken);
  CHECK(taken == 500);
}

TEMPLATE_LIST_TEST_CASE("a log that is away says so, and works again later", "", log_worlds) {
  TestType world;
  auto log = world.log();
  REQUIRE(append(*log, lobby, {{{1, 1}, "a"}})->taken);
  world.go_away();
  pending<ports::appended> added;
  pending<entries> before, newest;
  pending<bool> removed;
  log->append(lobby, {{{1, 2}, "b"}}, {}, added.done());
  log->read(lobby, {}, 10, before.done());
  log->tail(lobby, ports::log_end, 10, newest.done());
  log->remove(lobby, ports::log_end, removed.done());
  CHECK(added.wait().error().code == "log_unavailable");
  CHECK(shown(before.wait()) == "log_unavailable");
  CHECK(shown(newest.wait()) == "log_unavailable");
  CHECK(removed.wait().error().code == "log_unavailable");
  world.come_back();
  CHECK(comes_true([&] { return append(*log, lobby, {{{1, 9}, "c"}}).has_value(); }));
}

} // namespace cluster_tests
