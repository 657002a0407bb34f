// What a client lacks is found from its offset: exactly with the shard's journal, and without loss when only the offset is left.

#include "core/recovery/missed.hpp"
#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::recovery;
using cluster::message_ptr;

namespace {

message_ptr message(std::uint64_t seq, unix_ms ts, std::uint64_t epoch = 1) {
  auto m = std::make_shared<cluster::room_message>();
  m->epoch = epoch;
  m->seq = seq;
  m->ts = ts;
  return m;
}

std::vector<std::uint64_t> seqs(const result<std::vector<message_ptr>>& list) {
  REQUIRE(list.has_value());
  std::vector<std::uint64_t> out;
  for (auto& m : *list)
    out.push_back(m->seq);
  return out;
}

using numbers = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("what a client lacks is what came after its last event", "[recovery]") {
  const std::vector known{message(3, 30), message(4, 40), message(5, 50)};
  const place end{1, 5};
  CHECK(seqs(missed({"r", {1, 3}, 0, {}}, known, end)) == numbers{4, 5});
  CHECK(seqs(missed({"r", {1, 5}, 0, {}}, known, end)).empty());
  CHECK(seqs(missed({"r", {1, 2}, 0, {}}, known, end)) == numbers{3, 4, 5});

  SECTION("and nothing that is not kept any more") {
    const auto r = missed({"r", {1, 1}, 0, {}}, known, end);
    REQUIRE(!r.has_value());
    CHECK(r.error().code == "history_gone");
    CHECK(!missed({"r", {1, 1}, 0, {}}, {}, end).has_value());
  }
  SECTION("unless the client is known to have it") {
    CHECK(seqs(missed({"r", {1, 1}, 35, {}}, known, end)) == numbers{4, 5});
    CHECK(!missed({"r", {1, 1}, 30, {}}, known, end).has_value());
  }
  SECTION("a room that has lost its history is no room where nothing happened") {
    const std::vector fresh{message(1, 60, 2)};
    CHECK(!missed({"r", {1, 5}, 0, {}}, fresh, {2, 1}).has_value());
  }
  SECTION("volatile messages are not sent again") {
    auto v = std::make_shared<cluster::room_message>(*known[1]);
    v->is_volatile = true;
    CHECK(seqs(missed({"r", {1, 3}, 0, {}}, std::vector{known[0], message_ptr(v), known[2]}, end)) == numbers{5});
  }
  SECTION("what stands before a settled message is settled, whatever the clock of its home said") {
    const std::vector odd{message(3, 30), message(4, 90), message(5, 50), message(6, 95)};
    CHECK(seqs(missed({"r", {1, 3}, 60, {}}, odd, {1, 6})) == numbers{6});
  }
}

TEST_CASE("the publisher that was excepted stays excepted, wherever it has been", "[recovery]") {
  session_record r;
  r.stays = {{{1, 10}, {0, 5, 1}}, {{2, 20}, {1, 6, 2}}};
  cluster::room_message m;
  CHECK(!is_excepted(m, r));
  m.from.node = {1, 10};
  m.except = session_ref{0, 5, 1};
  CHECK(is_excepted(m, r));
  m.from.node = {3, 10};
  CHECK(!is_excepted(m, r));
}

TEST_CASE("rooms go on after the offset, the journal, or what had settled", "[recovery]") {
  session_record r;
  r.nsp = "/";
  r.rooms = {{"a", {{1, 10}, {}}}, {"b", {{1, 20}, {}}}, {"c", {{1, 30}, {}}}};
  const offset shown{room_mark(room_key("/", "b")), {1, 25}, 777, false};

  auto s = starts(r, std::nullopt, std::nullopt);
  CHECK((s[0].after == place{1, 10} && s[1].after == place{1, 20} && s[2].settled == 0));
  s = starts(r, shown, std::nullopt);
  CHECK((s[1].after == place{1, 25} && s[1].settled == 0));
  CHECK((s[0].after == place{1, 10} && s[0].settled == 777));
  s = starts(r, shown, places_before{place{1, 14}, place{1, 24}, std::nullopt});
  CHECK((s[0].after == place{1, 14} && s[0].settled == 0));
  CHECK((s[1].after == place{1, 25}));
  CHECK((s[2].after == place{1, 30} && s[2].settled == 777));
}

namespace {

/// One shard, some rooms, one client in all of them. Messages wait up to `margin` between their place and the client.
struct world {
  static constexpr std::size_t rooms = 4;
  static constexpr unix_ms margin = 50;

  struct sent { std::size_t room; message_ptr what; offset shown; };

  std::mt19937 dice;
  std::array<std::vector<message_ptr>, rooms> said;
  std::vector<sent> stream;
  journal kept;
  session_record record;

  explicit world(unsigned seed, std::size_t journal_size) : dice(seed), kept(journal_size) {
    record.nsp = "/";
    for (std::size_t i = 0; i < rooms; ++i)
      record.rooms[name(i)] = {};
    std::array<std::deque<message_ptr>, rooms> waiting;
    for (unix_ms now = 1000; now < 1400; ++now) {
      if (dice() % 3 == 0) {
        const auto room = dice() % rooms;
        said[room].push_back(message(said[room].size() + 1, now));
        waiting[room].push_back(said[room].back());
      }
      for (std::size_t i = 0; i < rooms; ++i)
        while (!waiting[i].empty() && (waiting[i].front()->ts + margin <= now + 1 || dice() % 40 == 0)) {
          hand_over(i, waiting[i].front(), now);
          waiting[i].pop_front();
        }
    }
    for (std::size_t i = 0; i < rooms; ++i)
      for (auto& m : waiting[i])
        hand_over(i, m, 1400);
  }

  static std::string name(std::size_t i) { return std::string(1, static_cast<char>('a' + i)); }
  static std::uint64_t mark(std::size_t i) { return room_mark(room_key("/", name(i))); }
  static place place_of(const message_ptr& m) { return {m->epoch, m->seq}; }

  void hand_over(std::size_t room, const message_ptr& m, unix_ms now) {
    stream.push_back({room, m, {mark(room), place_of(m), now - margin, false}});
    kept.add({mark(room), place_of(m)});
  }

  /// What is sent to a client that shows `shown`. From then on its record says where its rooms went on.
  std::vector<made_up> recover(const std::optional<offset>& shown, bool with_journal) {
    std::optional<places_before> before;
    if (shown && with_journal && !shown->made_up)
      before = kept.before({shown->room, shown->at}, marks(record));
    std::vector<std::vector<message_ptr>> lists;
    std::size_t i = 0;
    for (auto& s : starts(record, shown, before)) {
      auto list = missed(s, said[i], said[i].empty() ? place{} : place_of(said[i].back()));
      REQUIRE(list.has_value());
      record.rooms[s.room] = {s.after, said[i].empty() ? place{} : place_of(said[i].back())};
      lists.push_back(std::move(*list));
      ++i;
    }
    return in_sequence(lists);
  }
};

using got = std::array<std::vector<std::uint64_t>, world::rooms>;

/// Nothing is missing. Gives how many came twice.
std::size_t doubled(const world& w, const got& received) {
  std::size_t twice = 0;
  for (std::size_t i = 0; i < world::rooms; ++i) {
    const std::set<std::uint64_t> all(received[i].begin(), received[i].end());
    CHECK(all.size() == w.said[i].size());
    twice += received[i].size() - all.size();
  }
  return twice;
}

} // namespace

TEST_CASE("nothing is lost wherever the connection broke, and with the journal nothing comes twice", "[recovery]") {
  std::size_t twice_without = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    for (const bool with_journal : {true, false}) {
      world w(seed, 1000);
      const auto cut = w.dice() % (w.stream.size() + 1);
      got received;
      for (std::size_t i = 0; i < cut; ++i)
        received[w.stream[i].room].push_back(w.stream[i].what->seq);
      auto again = w.recover(cut ? std::optional(w.stream[cut - 1].shown) : std::nullopt, with_journal);
      // The client breaks off once more, in the middle of what is made up for, and shows what it got last.
      const auto second = again.size() / 2;
      for (std::size_t i = 0; i < second; ++i)
        received[again[i].room].push_back(again[i].what->seq);
      if (second > 0) {
        auto& last = again[second - 1];
        again = w.recover(offset{world::mark(last.room), world::place_of(last.what), last.settled, true}, with_journal);
      }
      for (auto& m : again)
        received[m.room].push_back(m.what->seq);
      const auto twice = doubled(w, received);
      if (with_journal)
        CHECK(twice == 0);
      else
        twice_without += twice;
    }
  }
  CHECK(twice_without > 0); // otherwise this world is too orderly to show anything
}

TEST_CASE("a journal that is too short costs doubles, never messages", "[recovery]") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    world w(seed, 10);
    const auto cut = w.stream.size() - 5;
    got received;
    for (std::size_t i = 0; i < cut; ++i)
      received[w.stream[i].room].push_back(w.stream[i].what->seq);
    for (auto& m : w.recover(w.stream[cut - 1].shown, true))
      received[m.room].push_back(m.what->seq);
    doubled(w, received);
  }
}
