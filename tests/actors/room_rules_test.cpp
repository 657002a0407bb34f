// Rooms of different kinds on one node.

#include "support/world.hpp"

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

void publish(world& w, const std::string& room, const std::string& json, const std::string& nsp = "/") {
  logic::publish p;
  p.room = room;
  p.event = "said";
  p.args.json = json;
  w.layer->publish(nsp, std::move(p));
  w.run();
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
