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
