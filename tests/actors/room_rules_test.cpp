// Rooms of different kinds on one node.

#include "support/virtual_cluster.hpp"
#include "support/world.hpp"

#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <optional>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

namespace {

actors::room_rule rule(const actors::options& usual, std::string match, bool history, std::string nsp = "*") {
  actors::room_rule r{std::move(nsp), std::move(match), usual};
  r.kind.replicas.logged = history;
  return r;
}

/// A world with logs; rooms without a rule keep their history.
actors::options keeping() {
  actors::options o;
  o.recovery.namespaces = {"/elsewhere"};
  o.rooms.announce_max_members = 0;
  return o;
}

/// Gives the place in the room.
std::uint64_t publish(world& w, const std::string& room, const std::string& json, const std::string& nsp = "/") {
  logic::publish p;
  p.room = room;
  p.event = "said";
  p.args.json = json;
  std::uint64_t seq = 0;
  w.layer->publish(nsp, std::move(p), [&](const result<actors::published>& r) { seq = r ? r->seq : 0; });
  w.run();
  return seq;
}

/// Rooms `tmp:` take their history with them.
actors::options passing() {
  auto o = keeping();
  o.room_rules = {rule(o, "tmp:*", true)};
  o.room_rules[0].kind.delete_with_room = true;
  return o;
}

/// The code of the error, or how many messages are kept.
std::string kept(world& w, const std::string& room, const std::string& nsp = "/") {
  std::string found;
  w.layer->read_history(nsp, room, {}, [&](const result<room::history_page>& page) {
    found = page ? std::to_string(page->messages.size()) : page.error().code;
  });
  w.run();
  return found;
}

} // namespace

TEST_CASE("a room is of the kind that the first matching rule says") {
  auto o = keeping();
  o.room_rules = {rule(o, "chat:quiet", false), rule(o, "chat:*", true), rule(o, "*", false, "/chat"), rule(o, "tmp:*", false)};
  o.room_rules[1].kind.keep.max_entries = 2;
  world w(o);
  for (const auto* room : {"chat:quiet", "chat:1", "tmp:1", "lobby"})
    for (const auto* json : {"1", "2", "3"})
      publish(w, room, json);
  publish(w, "lobby", "1", "/chat");
  publish(w, "chat:1", "1", "/chat");
  CHECK(kept(w, "chat:quiet") == "history_off");
  CHECK(kept(w, "chat:1") == "2");
  CHECK(kept(w, "tmp:1") == "history_off");
  CHECK(kept(w, "lobby") == "3");
  CHECK(kept(w, "lobby", "/chat") == "history_off");
  CHECK(kept(w, "chat:1", "/chat") == "1");
}

TEST_CASE("an ack says how safe a message is where its room keeps its history") {
  auto o = keeping();
  o.room_rules = {rule(o, "tmp:*", false)};
  world w(o);
  auto ann = w.join_as("ann");
  for (const auto* room : {"lobby", "tmp:1"})
    ann.say(R"(420["join_room",")" + std::string(room) + "\"]");
  ann.heard();
  ann.say(R"(421["chat:message",{"room":"lobby","message":1}])");
  CHECK(mentions(ann.heard(), R"("level":"stored")"));
  ann.say(R"(422["chat:message",{"room":"tmp:1","message":1}])");
  const auto answer = ann.heard();
  CHECK(mentions(answer, R"(432[{"ok":true)"));
  CHECK(!mentions(answer, "level"));
}

TEST_CASE("a history goes with its room where the rule says so") {
  world w(passing());
  auto ann = w.join_as("ann");
  ann.say(R"(420["join_room","tmp:1"])");
  for (const auto* room : {"tmp:1", "lobby"})
    for (const auto* json : {"1", "2", "3"})
      publish(w, room, json);
  w.advance(duration(300'000));
  CHECK(kept(w, "tmp:1") == "3");
  ann.say(R"(421["leave_room","tmp:1"])");
  w.advance(duration(59'000));
  CHECK(kept(w, "tmp:1") == "3");

  SECTION("when it has been empty for its idle time") {
    w.advance(duration(2'000));
    CHECK(kept(w, "tmp:1") == "0");
    CHECK(kept(w, "lobby") == "3");
    CHECK(w.counts.histories_deleted.get() == 1);
    CHECK(publish(w, "tmp:1", "4") == 4); // the log still knows where it was
    CHECK(kept(w, "tmp:1") == "1");
  }
  SECTION("unless somebody came in time") {
    ann.say(R"(422["join_room","tmp:1"])");
    w.advance(duration(300'000));
    CHECK(kept(w, "tmp:1") == "3");
  }
  SECTION("unless another home has gone on with it") {
    w.log.append(room_key("/", "tmp:1"), {{{2, 0}, ""}}, {}, [](auto) {});
    w.advance(duration(2'000));
    CHECK(kept(w, "tmp:1") == "3");
    CHECK(w.counts.histories_deleted.get() == 0);
  }
  SECTION("and expires if the store is away") {
    w.history->set_up(false);
    w.advance(duration(2'000));
    CHECK(w.counts.histories_left.get() == 1);
    w.history->set_up(true);
    CHECK(kept(w, "tmp:1") == "3");
  }
}

TEST_CASE("a room's history stays as long as a member is on any node") {
  test::virtual_cluster all(2, passing());
  auto ann = all[1].join_as("ann");
  ann.say(R"(420["join_room","tmp:1"])");
  all.run();
  publish(all[0], "tmp:1", "1");
  all.run();
  REQUIRE(mentions(ann.heard(), R"(42["said",1])"));
  all.advance(duration(300'000));
  CHECK(kept(all[0], "tmp:1") == "1");

  SECTION("and goes some time after the last one has left") {
    ann.say(R"(421["leave_room","tmp:1"])");
    all.run();
    all.advance(duration(59'000));
    CHECK(kept(all[0], "tmp:1") == "1");
    all.advance(duration(2'000));
    CHECK(kept(all[0], "tmp:1") == "0");
    CHECK(all[0].counts.histories_deleted.get() == 1);
    CHECK(all[1].counts.histories_deleted.get() == 0);
  }
  SECTION("also where its home cannot hear of that node") {
    all.cut(1);
    all.advance(duration(300'000));
    CHECK(kept(all[0], "tmp:1") == "1");
    CHECK(all[0].counts.histories_left.get() == 1);
  }
}

namespace {

void replicas_follow(const std::shared_ptr<memory::memory_store>& store, bool follow) {
  store->with(&memory::memory_store::data::logs, [&](memory::log_shelf& logs, time_point) { logs.set_replicas(follow); });
}

/// Rooms `safe:` demand that replicas have a message.
actors::options demanding() {
  auto o = keeping();
  o.replicas.replicated = true;
  o.room_rules = {rule(o, "safe:*", true), rule(o, "document:*", true)};
  for (auto& r : o.room_rules)
    r.kind.level = room::safety::replicated;
  return o;
}

} // namespace

TEST_CASE("a room that demands a level refuses what does not reach it, and a repetition learns when it has") {
  world w(demanding());
  auto ann = w.join_as("ann"), bob = w.join_as("bob", 1);
  for (auto* who : {&ann, &bob})
    for (const auto* room : {"safe:1", "lobby"}) {
      who->say(R"(420["join_room",")" + std::string(room) + "\"]");
      who->heard();
    }
  replicas_follow(w.history, true);
  ann.say(R"(421["chat:message",{"room":"safe:1","message":1,"id":"a"}])");
  CHECK(mentions(ann.heard(), R"("level":"replicated"})"));
  bob.heard();
  replicas_follow(w.history, false);
  ann.say(R"(422["chat:message",{"room":"safe:1","message":2,"id":"b"}])");
  auto answer = ann.heard();
  CHECK(mentions(answer, R"(432[{"ok":false,"error":{"code":"level_not_reached","message":")"));
  CHECK(mentions(answer, R"("id":"b","seq":2,"ts":)" + std::to_string(w.wall()) + R"(,"level":"stored"}}])"));
  CHECK(mentions(bob.heard(), R"("message":2)")); // the room has it all the same
  ann.say(R"(423["chat:message",{"room":"lobby","message":2}])");
  CHECK(mentions(ann.heard(), R"("level":"stored"})"));
  bob.heard();

  SECTION("the message is repeated when replicas follow again") {
    replicas_follow(w.history, true);
    w.advance(duration(1'000));
    ann.say(R"(424["chat:message",{"room":"safe:1","message":2,"id":"b"}])");
    answer = ann.heard();
    CHECK(mentions(answer, R"(434[{"ok":true,"id":"b","room":"safe:1","seq":2,)"));
    CHECK(mentions(answer, R"("level":"replicated"})"));
    CHECK(bob.heard().empty());
  }
  SECTION("while they do not, the repetition is refused as well") {
    w.advance(duration(1'000));
    ann.say(R"(424["chat:message",{"room":"safe:1","message":2,"id":"b"}])");
    CHECK(mentions(ann.heard(), R"("seq":2)"));
    CHECK(w.counts.refusals.snapshot().at("level_not_reached") == 2);
    CHECK(bob.heard().empty());
  }
  SECTION("who asked for no answer hears an error") {
    ann.say(R"(42["chat:message",{"room":"safe:1","message":3}])");
    CHECK(mentions(ann.heard(), R"(42["error",{"ok":false,"error":{"code":"level_not_reached")"));
  }
  SECTION("a document's update says its version") {
    for (const auto* what : {R"(425["join_room","document:d"])", R"(426["document_update",{"documentId":"d","changes":1,"version":7}])"})
      ann.say(what);
    CHECK(mentions(ann.heard(), R"("version":8,"level":"stored"}}])"));
  }
  CHECK(w.counts.levels[2].get() >= 1);
  CHECK(w.counts.levels[1].get() >= 1);
}

TEST_CASE("a publish may demand a level of its own") {
  world w(demanding());
  logic::publish p;
  p.room = "lobby";
  p.event = "said";
  p.level = room::safety::replicated;
  std::optional<actors::published> heard;
  const auto ask = [&] {
    w.layer->publish("/", p, [&](const result<actors::published>& r) { heard = *r; });
    w.run();
  };
  ask();
  REQUIRE(heard);
  REQUIRE(heard->too_low);
  CHECK(heard->too_low->code == "level_not_reached");
  CHECK(heard->level == room::safety::stored);
  replicas_follow(w.history, true);
  ask();
  CHECK(!heard->too_low);
  CHECK(heard->level == room::safety::replicated);
}

TEST_CASE("what is only given out while the store is away is not called stored") {
  auto o = keeping();
  o.room_rules = {rule(o, "kept:*", true), rule(o, "safe:*", true)};
  o.room_rules[1].kind.level = room::safety::stored;
  test::virtual_cluster one(1, o);
  auto ann = one[0].join_as("ann");
  for (const auto* room : {"kept:1", "safe:1"})
    ann.say(R"(420["join_room",")" + std::string(room) + "\"]");
  one.run();
  ann.heard();
  one.logs->set_up(false);
  one.hub(0).log_away = true;
  ann.say(R"(421["chat:message",{"room":"kept:1","message":1}])");
  CHECK(mentions(ann.heard(), R"("level":"home"})"));
  ann.say(R"(422["chat:message",{"room":"safe:1","message":1,"id":"a"}])");
  CHECK(mentions(ann.heard(), R"("code":"level_not_reached")"));
  one.logs->set_up(true);
  one.hub(0).log_away = false;
  one.advance(duration(1'000)); // the rooms try their log again
  ann.say(R"(423["chat:message",{"room":"safe:1","message":1,"id":"a"}])");
  const auto answer = ann.heard();
  CHECK(mentions(answer, R"(433[{"ok":true)"));
  CHECK(mentions(answer, R"("level":"stored"})"));
}
