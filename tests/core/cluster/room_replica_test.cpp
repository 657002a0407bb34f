// The rules of a room's order on one node; what happens between nodes is simulated in room_replica_simulation_test.cpp.

#include "core/cluster/room_replica.hpp"
#include "core/cluster/room_wire.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using namespace troupe::cluster;
using namespace std::chrono_literals;

namespace {

const time_point start{};
const node_ref me{1, 7};

struct recorder : replica_effects {
  std::vector<message_ptr> delivered;
  std::vector<notice> notices;
  std::vector<std::pair<std::uint64_t, op_result>> results;
  std::vector<std::pair<std::uint64_t, std::vector<message_ptr>>> appends;
  std::uint64_t opened = 0;
  std::vector<std::pair<node_ref, replica_message>> sent;

  void deliver(const message_ptr& m) override { delivered.push_back(m); }
  void deliver(const notice& n) override { notices.push_back(n); }
  void send(std::span<const node_ref> to, std::string payload) override {
    for (auto node : to)
      sent.emplace_back(node, *decode_replica_message(payload));
  }
  void done(std::uint64_t op, const op_result& r) override { results.emplace_back(op, r); }
  void append(std::uint64_t token, std::uint64_t, std::vector<message_ptr> batch) override {
    appends.emplace_back(token, std::move(batch));
  }
  void open_log(std::uint64_t token, std::uint64_t) override { opened = token; }
  void read_log(std::uint64_t, std::uint64_t, std::uint64_t) override {}
  void overtaken(std::uint64_t) override {}
  bool may_order() const override { return sure; }
  bool log_is_away() const override { return away; }
  bool sure = true, away = false;
};

struct fixture {
  replica_options o;
  recorder out;
  replica_counters counts;
  room_replica alone() {
    room_replica r(o, me, out, counts);
    r.on_home(me, 1, true, start, 0);
    return r;
  }
  op_result publish(room_replica& r, std::string user, std::string id, unix_ms wall = 100, time_point now = start) {
    publish_op op;
    op.user = std::move(user);
    op.id = std::move(id);
    op.event = "said";
    const auto number = r.submit(std::move(op), now, wall).value();
    REQUIRE(out.results.back().first == number);
    return out.results.back().second;
  }
  op_result update(room_replica& r, std::uint64_t base) {
    document_op op;
    op.document = "d";
    op.changes = "1";
    op.base = base;
    (void)r.submit(std::move(op), start, 0).value();
    return out.results.back().second;
  }
};

} // namespace

TEST_CASE("messages are numbered without gaps, and a repeated id is answered with its first place") {
  fixture f;
  auto r = f.alone();
  CHECK(f.publish(r, "ann", "").seq == 1);
  CHECK(f.publish(r, "ann", "id", 200).seq == 2);
  const auto again = f.publish(r, "ann", "id", 300);
  CHECK(again.duplicate);
  CHECK(again.seq == 2);
  CHECK(again.ts == 200);
  CHECK(f.publish(r, "bob", "id").seq == 3);
  CHECK(f.out.delivered.size() == 3);
}

TEST_CASE("an id is forgotten with its time") {
  fixture f;
  auto r = f.alone();
  f.publish(r, "ann", "id");
  CHECK_FALSE(f.publish(r, "ann", "id", 100, start + f.o.dedup_window).duplicate);
}

TEST_CASE("a document's first update sets the count, only the current base is applied") {
  fixture f;
  auto r = f.alone();
  CHECK(f.update(r, 3).version == 4);
  const auto stale = f.update(r, 3);
  REQUIRE(stale.failed);
  CHECK(stale.failed->code == "version_conflict");
  CHECK(stale.version == 4);
  CHECK(f.update(r, 5).failed);
  CHECK(f.update(r, 4).version == 5);
}

TEST_CASE("a logged message is delivered when the log has it, and not before") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::taken, {1, 0}, {}, start, 0);
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  CHECK(f.out.delivered.empty());
  REQUIRE(f.out.appends.size() == 1);
  r.on_appended(f.out.appends[0].first, log_answer::taken, 0, 0, start);
  CHECK(f.out.delivered.size() == 1);
  REQUIRE(f.out.results.size() == 1);
  CHECK(f.out.results[0].second.level == safety::stored);
}

TEST_CASE("a message that is sent again before it is stored gets the answer of the first") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::taken, {1, 0}, {}, start, 0);
  for (int i = 0; i < 3; ++i)
    (void)r.submit(publish_op{"ann", "id", "said", {"1", {}}, false, false, {}}, start, 5).value();
  CHECK(f.out.results.empty());
  r.on_appended(f.out.appends[0].first, log_answer::taken, 0, 0, start);
  CHECK(f.out.delivered.size() == 1);
  REQUIRE(f.out.results.size() == 3);
  for (auto& [number, result] : f.out.results) {
    CHECK_FALSE(result.failed);
    CHECK(result.seq == 1);
    CHECK(result.duplicate == (number != 1));
  }
}

TEST_CASE("a new home knows the ids of messages from before its first member") {
  fixture f;
  f.o.clustered = true;
  room_replica r(f.o, me, f.out, f.counts);
  r.on_home(me, 2, false, start, 0);
  auto m = std::make_shared<room_message>();
  m->epoch = m->seq = 1;
  m->ts = 50;
  m->from = {{2, 9}, 1};
  m->user = "ann";
  m->id = "id";
  std::string bytes;
  encode(bytes, follow{2, 1, 1, 1, 0, {m}});
  r.on_message({2, 9}, bytes, start, 0);
  r.on_home(me, 2, true, start, 0);
  const auto again = f.publish(r, "ann", "id");
  CHECK(again.duplicate);
  CHECK(again.seq == 1);
}

TEST_CASE("the first member on a node hears nothing of what was said before it came") {
  fixture f;
  f.o.clustered = true;
  const node_ref other{2, 9};
  room_replica r(f.o, me, f.out, f.counts);
  r.on_home(me, 1, true, start, 0);
  f.publish(r, "ann", "");
  f.out.delivered.clear();
  r.on_home(other, 2, false, start, 0); // now a follower that has heard of one message, and nobody is here
  (void)r.set_members(1, start, 0);
  (void)r.set_members(2, start, 0);
  auto say = [&](std::uint64_t seq) {
    auto m = std::make_shared<room_message>();
    m->epoch = 2;
    m->seq = seq;
    m->from = {other, seq};
    return m;
  };
  std::string bytes;
  encode(bytes, following{2, 2, 3, 1, 0, true, {say(2), say(3)}});
  r.on_message(other, bytes, start, 0);
  CHECK(f.out.delivered.empty());
  CHECK(r.seq() == 3);
  bytes.clear();
  encode(bytes, ordered{2, say(4)});
  r.on_message(other, bytes, start, 0);
  REQUIRE(f.out.delivered.size() == 1);
  CHECK(f.out.delivered[0]->seq == 4);
  CHECK(f.counts.lost == 0);
}

TEST_CASE("a home that its first member found opening delivers, as a follower later, what it missed") {
  fixture f;
  f.o.clustered = true;
  const node_ref other{2, 9};
  room_replica r(f.o, me, f.out, f.counts);
  r.on_home(me, 1, false, start, 0);
  (void)r.set_members(1, start, 0);
  r.on_home(me, 1, true, start, 0);
  f.publish(r, "ann", "");
  r.on_home(other, 2, false, start, 0);
  f.out.delivered.clear();
  auto m = std::make_shared<room_message>();
  m->epoch = m->seq = 2;
  m->from = {other, 1};
  std::string bytes;
  encode(bytes, following{2, 2, 2, 1, 0, true, {m}});
  r.on_message(other, bytes, start, 0);
  CHECK(f.out.delivered.size() == 1);
}

TEST_CASE("while the log is away for all, messages go on and are written when it is back") {
  fixture f;
  f.o.logged = true;
  f.out.away = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::unavailable, {0, 0}, {}, start, 0);
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  REQUIRE(f.out.results.size() == 1);
  CHECK(f.out.results[0].second.level == safety::home);
  CHECK(r.unsaved() == 1);
  f.out.away = false;
  r.on_time(r.next_deadline().value());
  REQUIRE(f.out.appends.size() == 1);
  r.on_appended(f.out.appends[0].first, log_answer::taken, 0, 0, start + 1s);
  CHECK(r.unsaved() == 0);
}

TEST_CASE("while the log is away for all, it is not written to, so that nobody waits for it") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::taken, {1, 0}, {}, start, 0);
  auto say = [&](const char* what) {
    (void)r.submit(publish_op{"ann", "", "said", {what, {}}, false, false, {}}, start, 5).value();
  };
  say("1");
  f.out.away = true;
  r.on_appended(f.out.appends[0].first, log_answer::unavailable, 0, 0, start);
  CHECK(f.out.delivered.size() == 1);
  r.on_time(start + 250ms);
  say("2");
  CHECK(f.out.delivered.size() == 2);
  CHECK(f.out.appends.size() == 1);
  f.out.away = false;
  r.on_ordering_changed(start + 400ms, 5);
  REQUIRE(f.out.appends.size() == 2);
  r.on_appended(f.out.appends[1].first, log_answer::taken, 0, 0, start + 1s);
  CHECK(r.unsaved() == 0);
}

TEST_CASE("an append without an answer is made again, and nobody hears of its messages meanwhile") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::taken, {1, 0}, {}, start, 0);
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  r.on_appended(f.out.appends[0].first, log_answer::unavailable, 0, 0, start);
  CHECK(f.out.delivered.empty());
  r.on_time(r.next_deadline().value());
  REQUIRE(f.out.appends.size() == 2);
  r.on_appended(f.out.appends[1].first, log_answer::refused, 1, 1, start); // it had been written
  REQUIRE(f.out.results.size() == 1);
  CHECK(f.out.results[0].second.level == safety::stored);
  CHECK(f.out.delivered.size() == 1);
}

namespace {

/// A home with a log whose replicas are asked, and one message of ann's under way, called "id".
struct asking : fixture {
  asking() {
    o.logged = o.replicated = true;
    home.emplace(alone());
    home->on_log_opened(out.opened, log_answer::taken, {1, 0}, {}, start, 0);
    say();
  }
  safety say(time_point now = start) {
    (void)home->submit(publish_op{"ann", "id", "said", {"1", {}}, false, false, {}}, now, 5).value();
    return out.results.empty() ? safety::home : out.results.back().second.level;
  }
  void answer(log_answer a, time_point now = start) { home->on_appended(out.appends.back().first, a, 0, 0, now); }
  std::optional<room_replica> home;
};

} // namespace

TEST_CASE("an ack says that replicas have the message, and so does that of its repetition") {
  asking f;
  f.answer(log_answer::replicated);
  CHECK(f.out.results.back().second.level == safety::replicated);
  CHECK(f.say() == safety::replicated);
  CHECK(f.out.results.back().second.duplicate);
  CHECK(f.out.appends.size() == 1);
}

TEST_CASE("a message that replicas did not have in time is asked after, and its repetition told what is known") {
  asking f;
  f.answer(log_answer::taken);
  CHECK(f.out.results.back().second.level == safety::stored);
  CHECK(f.say() == safety::stored);
  const auto later = f.home->next_deadline().value();
  f.home->on_time(later);
  REQUIRE(f.out.appends.size() == 2);
  CHECK(f.out.appends[1].second.empty()); // a question

  SECTION("it has come there meanwhile") {
    f.answer(log_answer::replicated, later);
    CHECK(f.say(later) == safety::replicated);
    CHECK(f.out.delivered.size() == 1);
  }
  SECTION("it has not: the next repetition asks again") {
    f.answer(log_answer::taken, later);
    CHECK(f.home->next_deadline().value_or(time_point::max()) > later + 5s);
    CHECK(f.say(later) == safety::stored);
    f.home->on_time(f.home->next_deadline().value());
    CHECK(f.out.appends.size() == 3);
  }
  SECTION("somebody else has the room") {
    f.home->on_appended(f.out.appends.back().first, log_answer::refused, 9, 0, later);
    CHECK(f.home->now_is() == room_replica::role::homeless);
  }
}

TEST_CASE("a message that was given out without the log is called stored when the log has it") {
  asking f;
  f.out.away = true;
  f.answer(log_answer::unavailable);
  CHECK(f.out.results.back().second.level == safety::home);
  CHECK(f.say() == safety::home);
  f.out.away = false;
  f.home->on_ordering_changed(start + 400ms, 5);
  f.answer(log_answer::taken, start + 400ms);
  CHECK(f.say(start + 400ms) == safety::stored);
}

TEST_CASE("a home whose log was emptied goes on where it was") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  CHECK(!r.log_end());
  r.on_log_opened(f.out.opened, log_answer::refused, {1, 5}, {}, start, 0); // its own fence, from before the room's rest
  CHECK(r.log_end() == room::place{1, 5});
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  CHECK(!r.log_end());
  REQUIRE(f.out.appends.size() == 1);
  CHECK(f.out.appends[0].second[0]->seq == 6);
  r.on_appended(f.out.appends[0].first, log_answer::taken, 0, 0, start);
  CHECK(r.log_end() == room::place{1, 6});
}

TEST_CASE("a home that was stopped orders nothing before it knows that it still is the home") {
  fixture f;
  f.o.clustered = true;
  auto r = f.alone();
  f.out.sure = false;
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  CHECK(f.out.delivered.empty());
  f.out.sure = true;
  r.on_ordering_changed(start, 0);
  CHECK(f.out.delivered.size() == 1);
}

TEST_CASE("a home that the log has overtaken delivers nothing more") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::taken, {1, 0}, {}, start, 0);
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  r.on_appended(f.out.appends[0].first, log_answer::refused, 9, 0, start);
  CHECK(f.out.delivered.empty());
  CHECK(f.out.results.empty());
  CHECK(r.now_is() == room_replica::role::homeless);
  CHECK(f.counts.overtaken == 1);
}

TEST_CASE("an operation that nobody answers fails in time") {
  fixture f;
  room_replica r(f.o, me, f.out, f.counts);
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  CHECK(r.next_deadline() == start + 5s);
  r.on_time(start + 5s);
  REQUIRE(f.out.results.size() == 1);
  REQUIRE(f.out.results[0].second.failed);
  CHECK(f.out.results[0].second.failed->code == "room_unavailable");
}

TEST_CASE("an operation whose room cannot write to its log fails in time, says why, and may be placed after all") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  r.on_log_opened(f.out.opened, log_answer::taken, {1, 0}, {}, start, 0);
  (void)r.submit(publish_op{"ann", "id", "said", {"1", {}}, false, false, {}}, start, 5).value();
  r.on_appended(f.out.appends[0].first, log_answer::unavailable, 0, 0, start + 2s);
  r.on_time(start + 4s);
  CHECK(f.out.results.empty());
  REQUIRE(f.out.appends.size() == 2);
  r.on_time(start + 5s);
  REQUIRE(f.out.results.size() == 1);
  REQUIRE(f.out.results[0].second.failed);
  CHECK(f.out.results[0].second.failed->code == "log_unavailable");
  CHECK(f.out.delivered.empty());
  r.on_appended(f.out.appends[1].first, log_answer::taken, 0, 0, start + 6s);
  CHECK(f.out.delivered.size() == 1);
  CHECK(f.publish(r, "ann", "id", 5, start + 7s).duplicate);
}

TEST_CASE("a room that cannot open its log fails what waits for it, and says why") {
  fixture f;
  f.o.logged = true;
  auto r = f.alone();
  (void)r.submit(publish_op{"ann", "", "said", {"1", {}}, false, false, {}}, start, 5).value();
  r.on_log_opened(f.out.opened, log_answer::unavailable, {0, 0}, {}, start + 2s, 0);
  r.on_time(start + 5s);
  REQUIRE(f.out.results.size() == 1);
  CHECK(f.out.results[0].second.failed->code == "log_unavailable");
}

TEST_CASE("operations that wait have a limit") {
  fixture f;
  f.o.max_pending = 2;
  room_replica r(f.o, me, f.out, f.counts);
  for (int i = 0; i < 2; ++i)
    CHECK(r.submit(members_op{1}, start, 0).has_value());
  CHECK(r.submit(members_op{1}, start, 0).error().code == "overloaded");
}

TEST_CASE("an operation waits for the one before it") {
  fixture f;
  f.o.clustered = true;
  auto r = f.alone();
  const node_ref other{2, 9};
  auto send = [&](std::uint64_t number, std::uint64_t previous) {
    std::string bytes;
    encode_submit(bytes, 1, previous, {number, publish_op{"", "", "said", {std::to_string(number), {}}, false, false, {}}});
    r.on_message(other, bytes, start, 0);
  };
  send(2, 1);
  CHECK(f.out.delivered.empty());
  send(1, 0);
  send(2, 1);
  send(1, 0); // once more, as after a link was lost
  send(2, 1);
  REQUIRE(f.out.delivered.size() == 2);
  CHECK(f.out.delivered[0]->args.json == "1");
  CHECK(f.counts.repeated == 2);
}

TEST_CASE("garbage from another node is counted and nothing else") {
  fixture f;
  auto r = f.alone();
  for (std::string bytes : {"", "\x01\x02", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x02"})
    r.on_message({2, 9}, bytes, start, 0);
  CHECK(f.counts.bad_messages == 4);
  CHECK(f.out.delivered.empty());
}
