// What a client lacks is found from its offset: exactly with the shard's journal, and without loss when only the offset is left.

#include "core/recovery/missed.hpp"
#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>
#include <map>
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
  r.stays = {{{1, 5}, {}}};
  const offset shown{room_mark(room_key("/", "b")), {1, 25}, 777, false, sender_mark({1, 5})};

  auto s = starts(r, std::nullopt, std::nullopt);
  CHECK((s[0].after == place{1, 10} && s[1].after == place{1, 20} && s[2].settled == 0));
  s = starts(r, shown, std::nullopt);
  CHECK((s[1].after == place{1, 25} && s[1].settled == 0));
  CHECK((s[0].after == place{1, 10} && s[0].settled == 777));
  s = starts(r, shown, places_before{place{1, 14}, place{1, 24}, std::nullopt});
  CHECK((s[0].after == place{1, 14} && s[0].settled == 0));
  CHECK((s[1].after == place{1, 25}));
  CHECK((s[2].after == place{1, 30} && s[2].settled == 777));

  SECTION("no journal of another node than the one that sent the event") {
    r.stays.push_back({{2, 5}, {}});
    s = starts(r, shown, places_before{place{1, 14}, place{1, 24}, std::nullopt});
    CHECK((s[0].after == place{1, 10} && s[0].settled == 777));
  }
  SECTION("who has got nothing since its last recovery goes on from there") {
    r.shown = shown;
    s = starts(r, shown, places_before{place{1, 14}, place{1, 24}, place{1, 34}});
    CHECK((s[0].after == place{1, 10} && s[0].settled == 0));
    CHECK((s[2].after == place{1, 30} && s[2].settled == 0));
  }
}

namespace {

/// How the lives of a client go.
struct circumstances {
  std::size_t journal = 10'000;  ///< of each node
  bool asks = true;              ///< nodes can be asked for their journals
  bool forgetful = false;        ///< some records of sessions never reach the store
};

/// Some nodes, some rooms, and one client that comes and goes between nodes and between rooms. Messages wait up to `margin` between
/// their place and the client, at every node in another order; whatever is under way when its connection breaks is lost.
class life {
 public:
  static constexpr std::size_t rooms = 4, nodes = 3;
  static constexpr unix_ms margin = 50;

  life(unsigned seed, const circumstances& c) : dice_(seed), all_{node(c.journal), node(c.journal), node(c.journal)}, circumstances_(c) {
    record_.nsp = "/";
    record_.stays = {stay_at(0)};
    for (auto& n : all_)
      for (auto& others : n.others)
        others = dice_() % 2;
    for (std::size_t i = 0; i < rooms; ++i)
      join(i);
    for (int stay = 0; stay < 8; ++stay) {
      pass(static_cast<unix_ms>(dice_() % 150));
      if (dice_() % 2)
        move();
      pass(static_cast<unix_ms>(dice_() % 50));
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
      for (auto& in : in_[i])
        for (auto seq = in.after + 1; seq <= std::min<std::uint64_t>(in.to, said_[i].size()); ++seq)
          if (!got_[i].contains(seq))
            return false;
    return true;
  }
  std::size_t doubled() const {
    std::size_t n = 0;
    for (auto& list : got_)
      for (auto& [seq, times] : list)
        n += times - 1;
    return n;
  }

 private:
  struct frame { std::size_t room; std::uint64_t seq; offset shown; };
  struct node {
    explicit node(std::size_t capacity) : said(capacity) {}
    journal said;
    std::array<std::size_t, rooms> handed_over{};
    std::array<bool, rooms> others{}; ///< it has other members of the room
  };
  struct membership_owed { std::uint64_t after, to; };

  static std::string name(std::size_t i) { return std::string(1, static_cast<char>('a' + i)); }
  static std::uint64_t mark(std::size_t i) { return room_mark(room_key("/", name(i))); }
  static stay stay_at(std::size_t n) { return {{static_cast<std::uint16_t>(n + 1), 1}, {}}; }
  std::uint16_t sender() const { return sender_mark(record_.stays.back().node); }
  bool is_in(std::size_t room) const { return record_.rooms.contains(name(room)); }

  void pass(unix_ms time, bool talk = true) {
    for (const auto end = now_ + time; now_ < end; ++now_) {
      while (talk && dice_() % 2) { // several in the same millisecond
        const auto i = dice_() % rooms;
        said_[i].push_back(message(said_[i].size() + 1, now_));
      }
      for (std::size_t n = 0; n < nodes; ++n)
        for (std::size_t i = 0; i < rooms; ++i)
          while (all_[n].handed_over[i] < said_[i].size() && (said_[i][all_[n].handed_over[i]]->ts + margin <= now_ + 1 || dice_() % 20 == 0))
            hand_over(n, i, *said_[i][all_[n].handed_over[i]++]);
    }
  }

  void hand_over(std::size_t n, std::size_t room, const cluster::room_message& m) {
    const bool to_client = there_ && n == at_ && is_in(room);
    if (!to_client && !all_[n].others[room])
      return; // the node has no members of this room
    all_[n].said.add({mark(room), {m.epoch, m.seq}});
    if (to_client)
      under_way_.push_back({room, m.seq, {mark(room), {m.epoch, m.seq}, now_ - margin, false, sender()}});
  }

  void receive(const frame& f) {
    ++got_[f.room][f.seq];
    highest_[f.room] = std::max(highest_[f.room], f.seq);
    shown_ = f.shown;
  }

  void join(std::size_t room) {
    const auto here = all_[at_].handed_over[room];
    record_.rooms[name(room)] = {here > 0 ? place{1, here} : place{}, {}};
    in_[room].push_back({here, UINT64_MAX});
    kept_ = record_;
  }

  /// Into a room, or out of it: then it has what it got until then, which is owed in whole.
  void move() {
    const auto room = dice_() % rooms;
    if (!is_in(room))
      return join(room);
    for (auto& f : under_way_)
      receive(f);
    under_way_.clear();
    record_.rooms.erase(name(room));
    in_[room].back().to = highest_[room];
    kept_ = record_;
  }

  void lose_connection() {
    there_ = false;
    under_way_.resize(dice_() % (under_way_.size() + 1));
    for (auto& f : under_way_)
      receive(f);
    under_way_.clear();
  }

  /// The homes tell a node that takes the session in what they have placed: at least what any other has handed over.
  void catch_up() {
    for (std::size_t i = 0; i < rooms; ++i)
      for (auto& other : all_)
        while (all_[at_].handed_over[i] < other.handed_over[i])
          hand_over(at_, i, *said_[i][all_[at_].handed_over[i]++]);
  }

  void come_back() {
    record_ = kept_;
    std::optional<places_before> before;
    if (shown_ && circumstances_.asks && !shown_->made_up && is_from_last_node(record_, *shown_))
      before = all_[record_.stays.back().node.number - 1u].said.before({shown_->room, shown_->at}, marks(record_));
    at_ = dice_() % nodes;
    catch_up();
    std::vector<std::vector<message_ptr>> lists;
    std::vector<std::size_t> of;
    for (auto& s : starts(record_, shown_, before)) {
      const auto i = static_cast<std::size_t>(s.room[0] - 'a');
      const auto handed_over = all_[at_].handed_over[i];
      const auto to = handed_over > 0 ? place{1, handed_over} : place{};
      auto list = missed(s, std::span(said_[i].data(), handed_over), std::max(to, s.after));
      REQUIRE(list.has_value());
      record_.rooms[s.room] = resumed(s, *list, to);
      lists.push_back(std::move(*list));
      of.push_back(i);
    }
    record_.stays.push_back(stay_at(at_));
    record_.shown = shown_;
    if (!circumstances_.forgetful || dice_() % 4)
      kept_ = record_;
    for (auto& m : in_sequence(lists, marks(record_)))
      under_way_.push_back({of[m.room], m.what->seq, {mark(of[m.room]), {1, m.what->seq}, m.settled, true, sender()}});
    there_ = true;
  }

  std::mt19937 dice_;
  std::array<node, nodes> all_;
  circumstances circumstances_;
  std::size_t at_ = 0;
  unix_ms now_ = 1000;
  std::array<std::vector<message_ptr>, rooms> said_;
  session_record record_, kept_;
  std::vector<frame> under_way_;
  std::optional<offset> shown_;
  bool there_ = true;
  std::array<std::map<std::uint64_t, std::size_t>, rooms> got_; ///< how often
  std::array<std::uint64_t, rooms> highest_{};
  std::array<std::vector<membership_owed>, rooms> in_;
};

} // namespace

TEST_CASE("nothing is lost wherever connections break, and with the journals nothing comes twice", "[recovery]") {
  for (unsigned seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    const life l(seed, {});
    CHECK(l.got_everything());
    CHECK(l.doubled() == 0);
  }
}

TEST_CASE("without journals, records or with too short journals messages come twice but none is lost", "[recovery]") {
  std::size_t doubled = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    const life none(seed, {0, false, false}), brief(seed, {10, true, false}), forgetful(seed, {10'000, true, true}), both(seed, {0, false, true});
    CHECK(none.got_everything());
    CHECK(brief.got_everything());
    CHECK(forgetful.got_everything());
    CHECK(both.got_everything());
    doubled += none.doubled();
  }
  CHECK(doubled > 0); // else these lives are too orderly to show anything
}
