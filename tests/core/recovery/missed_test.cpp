// What a client lacks is found from its offset: exactly with the shard's journal, and without loss when only the offset is left.

#include "core/recovery/missed.hpp"
#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
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
  CHECK(seqs(missed({"r", {1, 3}, 0}, known, end)) == numbers{4, 5});
  CHECK(seqs(missed({"r", {1, 5}, 0}, known, end)).empty());
  CHECK(seqs(missed({"r", {1, 2}, 0}, known, end)) == numbers{3, 4, 5});

  SECTION("and nothing that is not kept any more") {
    const auto r = missed({"r", {1, 1}, 0}, known, end);
    REQUIRE(!r.has_value());
    CHECK(r.error().code == "history_gone");
    CHECK(!missed({"r", {1, 1}, 0}, {}, end).has_value());
  }
  SECTION("and nothing that lies before a gap") {
    const std::vector torn{message(1, 10), message(2, 20), message(4, 40), message(5, 50)};
    CHECK(!missed({"r", {1, 1}, 0}, torn, end).has_value());
    CHECK(!missed({"r", {1, 2}, 0}, torn, end).has_value());
    CHECK(seqs(missed({"r", {1, 3}, 0}, torn, end)) == numbers{4, 5});
    CHECK(!missed({"r", {1, 1}, 25}, torn, end).has_value());
    CHECK(seqs(missed({"r", {1, 1}, 45}, torn, end)) == numbers{5});
  }
  SECTION("unless the client is known to have it") {
    CHECK(seqs(missed({"r", {1, 1}, 35}, known, end)) == numbers{4, 5});
    CHECK(!missed({"r", {1, 1}, 30}, known, end).has_value());
  }
  SECTION("a room that has lost its history is no room where nothing happened") {
    const std::vector fresh{message(1, 60, 2)};
    CHECK(!missed({"r", {1, 5}, 0}, fresh, {2, 1}).has_value());
    CHECK(!missed({"r", {1, 5}, 0}, {}, {2, 0}).has_value());
    CHECK(!missed({"r", {1, 0}, 0}, {}, {2, 1}).has_value());
  }
  SECTION("a new home of a room in which nobody has ever spoken") {
    CHECK(seqs(missed({"r", {1, 0}, 0}, {}, {2, 0})).empty());
  }
  SECTION("volatile messages are not sent again") {
    auto v = std::make_shared<cluster::room_message>(*known[1]);
    v->is_volatile = true;
    CHECK(seqs(missed({"r", {1, 3}, 0}, std::vector{known[0], message_ptr(v), known[2]}, end)) == numbers{5});
  }
  SECTION("what stands before a settled message is settled, whatever the clock of its home said") {
    const std::vector odd{message(3, 30), message(4, 90), message(5, 50), message(6, 95)};
    CHECK(seqs(missed({"r", {1, 3}, 60}, odd, {1, 6})) == numbers{6});
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

/// One shard, some rooms, and one client in all of them that comes and goes. Messages wait up to `margin` between their place and
/// the client; whatever is under way when its connection breaks is lost.
class life {
 public:
  static constexpr std::size_t rooms = 4;
  static constexpr unix_ms margin = 50;

  life(unsigned seed, std::size_t journal_size, bool ask_journal) : dice_(seed), journal_(journal_size), ask_journal_(ask_journal) {
    record_.nsp = "/";
    for (std::size_t i = 0; i < rooms; ++i) {
      record_.rooms[name(i)] = {};
      others_[i] = dice_() % 2;
    }
    for (int stay = 0; stay < 6; ++stay) {
      pass(static_cast<unix_ms>(dice_() % 150));
      lose_connection();
      pass(static_cast<unix_ms>(dice_() % 100));
      come_back();
      if (dice_() % 3 == 0) { // once more before anything else happens
        lose_connection();
        come_back();
      }
    }
    pass(2 * margin, false);
    for (auto& f : under_way_)
      receive(f);
  }

  bool got_everything() const {
    for (std::size_t i = 0; i < rooms; ++i)
      if (std::set(got_[i].begin(), got_[i].end()).size() != said_[i].size())
        return false;
    return true;
  }
  std::size_t doubled() const {
    std::size_t n = 0;
    for (auto& list : got_)
      n += list.size() - std::set(list.begin(), list.end()).size();
    return n;
  }

 private:
  struct frame { std::size_t room; std::uint64_t seq; offset shown; };

  static std::string name(std::size_t i) { return std::string(1, static_cast<char>('a' + i)); }
  static std::uint64_t mark(std::size_t i) { return room_mark(room_key("/", name(i))); }

  void pass(unix_ms time, bool talk = true) {
    for (const auto end = now_ + time; now_ < end; ++now_) {
      while (talk && dice_() % 2) { // several in the same millisecond
        const auto i = dice_() % rooms;
        said_[i].push_back(message(said_[i].size() + 1, now_));
      }
      for (std::size_t i = 0; i < rooms; ++i)
        while (handed_over_[i] < said_[i].size() && (said_[i][handed_over_[i]]->ts + margin <= now_ + 1 || dice_() % 20 == 0))
          hand_over(i, *said_[i][handed_over_[i]++]);
    }
  }

  void hand_over(std::size_t room, const cluster::room_message& m) {
    if (!there_ && !others_[room])
      return; // the shard has no members of this room
    journal_.add({mark(room), {m.epoch, m.seq}});
    if (there_)
      under_way_.push_back({room, m.seq, {mark(room), {m.epoch, m.seq}, now_ - margin, false}});
  }

  void receive(const frame& f) {
    got_[f.room].push_back(f.seq);
    shown_ = f.shown;
  }

  void lose_connection() {
    there_ = false;
    under_way_.resize(dice_() % (under_way_.size() + 1));
    for (auto& f : under_way_)
      receive(f);
    under_way_.clear();
  }

  void come_back() {
    std::optional<places_before> before;
    if (shown_ && ask_journal_ && !shown_->made_up)
      before = journal_.before({shown_->room, shown_->at}, marks(record_));
    std::vector<std::vector<message_ptr>> lists;
    std::size_t i = 0;
    for (auto& s : starts(record_, shown_, before)) {
      const place to{1, handed_over_[i]};
      const std::span known(said_[i].data(), handed_over_[i]);
      auto list = missed(s, known, known.empty() ? place{} : to);
      REQUIRE(list.has_value());
      record_.rooms[s.room] = resumed(s, *list, known.empty() ? place{} : to);
      lists.push_back(std::move(*list));
      ++i;
    }
    for (auto& m : in_sequence(lists))
      under_way_.push_back({m.room, m.what->seq, {mark(m.room), {1, m.what->seq}, m.settled, true}});
    there_ = true;
  }

  std::mt19937 dice_;
  journal journal_;
  bool ask_journal_;
  unix_ms now_ = 1000;
  std::array<std::vector<message_ptr>, rooms> said_;
  std::array<std::size_t, rooms> handed_over_{};
  std::array<bool, rooms> others_{};
  session_record record_;
  std::vector<frame> under_way_;
  std::optional<offset> shown_;
  bool there_ = true;
  std::array<std::vector<std::uint64_t>, rooms> got_;
};

} // namespace

TEST_CASE("nothing is lost wherever connections break, and with the journal nothing comes twice", "[recovery]") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    const life l(seed, 10'000, true);
    CHECK(l.got_everything());
    CHECK(l.doubled() == 0);
  }
}

TEST_CASE("without the journal, or with one that is too short, messages come twice but none is lost", "[recovery]") {
  std::size_t doubled = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    const life none(seed, 0, false), brief(seed, 10, true);
    CHECK(none.got_everything());
    CHECK(brief.got_everything());
    doubled += none.doubled();
  }
  CHECK(doubled > 0); // else these lives are too orderly to show anything
}
