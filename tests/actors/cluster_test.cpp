// What actors on several nodes owe each other.

#include "support/virtual_cluster.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace troupe;
using test::lines;
using test::virtual_cluster;

TEST_CASE("what a node sends after its actors have rested is not taken for a repetition") {
  virtual_cluster nodes(2);
  auto ann = nodes[0].open();
  ann.connect("ann");
  ann.say(R"(420["join_room","a"])");
  nodes.run();
  ann.heard();

  SECTION("to a room") {
    for (const std::string text : {"one", "two", "three"}) {
      logic::publish p;
      p.room = "a";
      p.event = "said";
      p.args.json = '"' + text + '"';
      std::string level;
      nodes[1].layer->publish("/", std::move(p), [&](result<actors::published> r) { level = r ? "ok" : r.error().code; });
      nodes.run();
      CHECK(level == "ok");
      CHECK(ann.heard() == lines{R"(42["said",")" + text + "\"]"});
      nodes.advance(duration(70'000));
      CHECK(nodes[1].counts.rooms.get() == 0);
      ann.heard();
    }
  }
  SECTION("to a user") {
    for (const std::string text : {"one", "two", "three"}) {
      logic::direct d;
      d.user = "ann";
      d.event = "note";
      d.args.json = R"({"text":")" + text + '"';
      nodes[1].layer->direct("/", std::move(d));
      nodes.run();
      const auto heard = ann.heard();
      REQUIRE(heard.size() == 1);
      CHECK(heard[0].starts_with(R"(42["note",{"text":")" + text));
      nodes.advance(duration(70'000)); // shorter than presence.dedup_window_ms
      ann.heard();
    }
  }
}

namespace {

logic::direct note(const std::string& to, const std::string& text) {
  logic::direct d;
  d.user = to;
  d.event = "note";
  d.args.json = R"({"text":")" + text + '"';
  return d;
}

/// The texts of notes that a client has heard.
lines texts(lines heard) {
  const std::string_view head = R"(42["note",{"text":")";
  for (auto& line : heard)
    line = line.starts_with(head) ? line.substr(head.size(), line.find('"', head.size()) - head.size()) : line;
  return heard;
}

} // namespace

TEST_CASE("what waits for a user goes to a socket on another node before anything newer") {
  virtual_cluster nodes(2);
  lines became;
  const auto say = [&](const std::string& text) {
    nodes[1].layer->direct("/", note("bob", text), [&](const result<actors::direct_outcome>& r) {
      became.emplace_back(r ? presence::to_string(r->status) : r.error().code);
    });
    nodes.run();
  };
  say("one");
  say("two");
  CHECK(became == lines{"queued", "queued"});
  CHECK(nodes.queues->users() == 1);
  nodes.hold(1); // what the home gives is on its way
  auto bob = nodes[1].open();
  bob.connect("bob");
  nodes.run();
  nodes[0].layer->direct("/", note("bob", "three"));
  nodes.run();
  CHECK(bob.heard().empty());
  nodes.release(1);
  nodes.run();
  CHECK(texts(bob.heard()) == lines{"one", "two", "three"});
  CHECK(nodes.queues->users() == 0);
  CHECK(nodes[1].counts.queue_delivered.get() == 2);
}

TEST_CASE("a home that hears nothing of what it gave gives it again, and the socket has it once") {
  virtual_cluster nodes(2);
  nodes[0].layer->direct("/", note("bob", "one"));
  nodes.run();
  nodes.hold(1);
  auto bob = nodes[1].open();
  bob.connect("bob");
  nodes.run();
  nodes.hold(0); // the answer
  nodes.release(1);
  nodes.run();
  CHECK(texts(bob.heard()) == lines{"one"});
  nodes.advance(duration(6'000)); // more than cluster.operation_timeout_ms
  nodes.release(0);
  nodes[0].layer->direct("/", note("bob", "two"));
  nodes.run();
  CHECK(texts(bob.heard()) == lines{"two"});
}

TEST_CASE("messages that no store takes are refused, and may be said again") {
  virtual_cluster nodes(1);
  for (int i = 0; i < 3; ++i) {
    nodes[0].layer->direct("/", note("away" + std::to_string(i), "one"));
    nodes.run();
  }
  CHECK(nodes.queues->users() == 2);
  auto d = note("away2", "again");
  d.id = "m";
  lines became;
  const auto say = [&] {
    nodes[0].layer->direct("/", d, [&](const result<actors::direct_outcome>& r) {
      became.emplace_back(r ? presence::to_string(r->status) : r.error().code);
    });
    nodes.run();
  };
  say();
  auto first = nodes[0].open();
  first.connect("away0");
  nodes.run();
  say();
  say();
  CHECK(became == lines{"offline_unavailable", "queued", "queued"});
  auto third = nodes[0].open();
  third.say(R"(40{"user":"away2"})");
  nodes.run();
  CHECK(texts(third.heard()).back() == "again");
}
