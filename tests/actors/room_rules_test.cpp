// Rooms of different kinds on one node.

#include "support/virtual_cluster.hpp"
#include "support/world.hpp"

#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

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
