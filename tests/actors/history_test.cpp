// What clients that come late are told of what was said before.

#include "support/world.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe;
using test::lines;
using test::mentions;
using test::world;

namespace {

actors::options keeping() {
  actors::options o;
  o.recovery.namespaces = {"/elsewhere"}; // a world with this has logs
  o.rooms.announce_max_members = 0;
  return o;
}

void publish(world& w, const std::string& json, std::vector<std::string> attachments = {}) {
  logic::publish p;
  p.room = "a";
  p.event = "said";
  p.args = {json, std::move(attachments)};
  w.layer->publish("/", std::move(p));
  w.run();
}

} // namespace

TEST_CASE("a member that came late reads what was said before") {
  world w(keeping());
  for (const auto* text : {R"("one")", R"("two",2)", R"("three")"})
    publish(w, text);
  auto ann = w.join_as("ann");
  ann.say(R"(420["history",{"room":"a"}])");
  CHECK(mentions(ann.heard(), R"(430[{"ok":false,"error":{"code":"not_in_room")"));
  ann.say(R"(421["join_room","a"])");
  ann.heard();
  ann.say(R"(422["history",{"room":"a","limit":2}])");
  const auto ts = std::to_string(w.wall());
  CHECK(ann.heard()
        == lines{R"(432[{"ok":true,"room":"a","messages":[{"epoch":1,"seq":2,"ts":)" + ts + R"(,"event":"said","args":["two",2]},)"
                 R"({"epoch":1,"seq":3,"ts":)" + ts + R"(,"event":"said","args":["three"]}],"more":true}])"});
  ann.say(R"(423["history",{"room":"a","before":{"epoch":1,"seq":2}}])");
  CHECK(ann.heard()
        == lines{R"(433[{"ok":true,"room":"a","messages":[{"epoch":1,"seq":1,"ts":)" + ts + R"(,"event":"said","args":["one"]}],"more":false}])"});
  ann.say(R"(424["history",{"room":"a","after":{"epoch":1,"seq":3}}])");
  CHECK(ann.heard() == lines{R"(434[{"ok":true,"room":"a","messages":[],"more":false}])"});

  SECTION("also when nobody has been there for long") {
    ann.drop();
    w.advance(duration(300'000));
    CHECK(w.counts.rooms.get() == 0);
    std::size_t found = 0;
    w.layer->read_history("/", "a", {}, [&](const result<room::history_page>& page) { found = page.value().messages.size(); });
    w.run();
    CHECK(found == 3);
  }
  SECTION("unless the store is away") {
    w.history->set_up(false);
    ann.say(R"(425["history",{"room":"a"}])");
    CHECK(mentions(ann.heard(), R"(435[{"ok":false,"error":{"code":"log_unavailable")"));
  }
}

TEST_CASE("without history there is none") {
  world w;
  auto ann = w.join_as("ann");
  ann.say(R"(421["join_room","a"])");
  ann.say(R"(422["history",{"room":"a"}])");
  CHECK(mentions(ann.heard(), R"(432[{"ok":false,"error":{"code":"history_off")"));
}

TEST_CASE("a node of its own goes on in the histories of its life before, whatever its clock says") {
  auto o = keeping();
  o.me.incarnation = 1'000;
  const auto kept = std::make_shared<memory::memory_store>();
  auto first = std::make_unique<world>(o, 2, nullptr, nullptr, kept);
  publish(*first, R"("one")");
  publish(*first, R"("two")");
  o.me.incarnation = GENERATE(2'000, 500);
  auto seq_of = [](world& w, const char* json) {
    std::uint64_t seq = 0;
    logic::publish p;
    p.room = "a";
    p.event = "said";
    p.args = {json, {}};
    w.layer->publish("/", std::move(p), [&](const result<actors::published>& r) { seq = r ? r->seq : 0; });
    w.run();
    return seq;
  };
  auto texts = [](world& w) {
    std::string all;
    w.layer->read_history("/", "a", {}, [&](const result<room::history_page>& page) {
      for (auto& m : page.value().messages)
        all += m->args.json;
    });
    w.run();
    return all;
  };

  SECTION("after it ended") {
    first.reset();
    world second(o, 2, nullptr, nullptr, kept);
    auto ann = second.join_as("ann");
    ann.say(R"(420["join_room","a"])");
    CHECK(seq_of(second, R"("three")") == 3);
    CHECK(mentions(ann.heard(), R"(42["said","three")"));
    CHECK(texts(second) == R"("one""two""three")");
  }
  SECTION("while the one before still ends") {
    world second(o, 2, nullptr, nullptr, kept);
    CHECK(seq_of(second, R"("three")") == 3);
    CHECK(seq_of(*first, R"("four")") == 4);
    CHECK(seq_of(second, R"("five")") == 5);
    CHECK(texts(*first) == R"("one""two""three""four""five")");
  }
}
