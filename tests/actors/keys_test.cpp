// What other programs read of a node, on the memory twin of the store and in virtual time.

#include "support/world.hpp"

#include "actors/cluster_setup.hpp"
#include "actors/directory_messages.hpp"
#include "actors/hub.hpp"
#include "actors/parts.hpp"
#include "backends/memory/memory_bus.hpp"
#include "backends/memory/memory_public_keys.hpp"
#include "backends/memory/memory_registry.hpp"
#include "backends/memory/memory_room_log.hpp"
#include "core/engineio/sid.hpp"

#include <caf/send.hpp>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace troupe;
using namespace std::chrono_literals;
using cluster::key_content;
using cluster::key_kind;

namespace {

class no_links final : public ports::links {
 public:
  void want(const ports::link_peer&, const std::string&, std::uint16_t) override {}
  void forget(const std::string&) override {}
  bool send(const std::string&, std::string) override { return false; }
};

/// Node n1, number 7, home of everything.
struct recorded {
  explicit recorded(actors::keys_options k = {}) {
    setup.keys = &keys;
    setup.keys_options = k;
    setup.me.id = "n1";
    setup.me.number = 7;
    setup.me.incarnation = 1'000;
    actors::options o;
    o.node = 7;
    o.me = {7, 1'000};
    o.replicas.clustered = true;
    w = std::make_unique<test::world>(o, 2, &setup);
    auto mine = std::make_shared<std::vector<std::pair<std::uint16_t, cluster::slot_home>>>();
    for (std::uint16_t slot = 0; slot < cluster::slot_count; ++slot)
      mine->push_back({slot, {{7, 1'000}, 5, true}});
    auto& hub = *w->layer->inside().hub;
    hub.sure_until = time_point::max();
    for (auto& part : hub.directories)
      caf::anon_send(part, actors::slots_news{mine, nullptr});
    pass(10s); // the keys are compared for the second time by then
  }

  /// A second at a time: what happens in one may cause something in the next.
  void pass(duration d) {
    for (; d.count() > 0; d -= duration(100))
      w->advance(duration(100));
  }
  key_content at(key_kind k, const std::string& id) {
    key_content found;
    keys.read({{k, id}}, [&](result<std::vector<key_content>> r) { found = r->front(); });
    return found;
  }
  void write(std::vector<cluster::key_change> changes) {
    keys.write(std::move(changes), [](const result<std::size_t>& r) { REQUIRE(r.has_value()); });
  }
  actors::doctor_outcome examine(bool repair) {
    std::optional<actors::doctor_outcome> outcome;
    REQUIRE(w->layer->examine(repair, [&](actors::doctor_outcome o) { outcome = std::move(o); }));
    pass(20s);
    REQUIRE(outcome);
    return *outcome;
  }
  const actors::keys_metrics& counts() { return *w->layer->keys_counters(); }

  std::shared_ptr<memory::memory_store> store = std::make_shared<memory::memory_store>();
  memory::memory_registry registry{store};
  memory::memory_bus bus{store};
  memory::memory_room_log log{store};
  memory::memory_public_keys keys{store};
  no_links links;
  actors::link_router router;
  actors::cluster_setup setup{{registry, links, bus, log}, {}, {}, router, {}};
  std::unique_ptr<test::world> w;
};

bool online(const key_content& presence) {
  return !presence.empty() && presence.begin()->second.find(R"("status":"online")") != std::string::npos;
}

} // namespace

TEST_CASE("who is connected, in which rooms and online is written as it happens") {
  recorded n;
  CHECK(n.at(key_kind::servers, "") == key_content{{"n1", ""}});
  auto ann = n.w->open(0), bob = n.w->open(1);
  const auto a = ann.connect("ann"), b = bob.connect("bob");
  ann.say(R"(42["join_room","lobby"])");
  bob.say(R"(42["join_room","lobby"])");
  n.pass(200ms);
  CHECK(n.at(key_kind::connections, "n1") == key_content{{a, "ann"}, {b, "bob"}});
  CHECK(n.at(key_kind::user_sockets, "ann") == key_content{{a, ""}});
  CHECK(n.at(key_kind::room, "lobby") == key_content{{a, ""}, {b, ""}});
  CHECK(n.at(key_kind::node_rooms, "n1") == key_content{{"lobby", ""}});
  CHECK(online(n.at(key_kind::presence, "ann")));
  ann.say(R"(42["typing",{"room":"lobby","typing":true}])");
  n.pass(200ms);
  CHECK(n.at(key_kind::typing, "lobby").size() == 1);
  ann.say(R"(42["leave_room","lobby"])");
  bob.drop();
  n.pass(5s);
  CHECK(n.at(key_kind::connections, "n1") == key_content{{a, "ann"}});
  CHECK(n.at(key_kind::room, "lobby").empty());
  CHECK(n.at(key_kind::node_rooms, "n1").empty());
  CHECK(n.at(key_kind::user_sockets, "bob").empty());
  CHECK_FALSE(online(n.at(key_kind::presence, "bob")));
  CHECK(online(n.at(key_kind::presence, "ann")));
}

TEST_CASE("when a user was seen is remembered by the store, whatever node the user's home was then") {
  recorded n;
  n.write({{{key_kind::presence, "bob", ""}, true, R"({"userId":"bob","status":"offline","lastSeen":1234})", 60s}});
  auto ann = n.w->open(0);
  ann.connect("ann");
  ann.say(R"(421["presence:subscribe",["bob","cid"]])");
  n.pass(100ms);
  const auto heard = ann.heard();
  CHECK(test::mentions(heard, R"({"userId":"bob","status":"offline","lastSeen":1234})"));
  CHECK(test::mentions(heard, R"({"userId":"cid","status":"offline","lastSeen":null})"));
  actors::user_summary found;
  n.w->layer->find_user("bob", [&](auto is) { found = is; });
  n.pass(100ms);
  CHECK(found.last_seen == 1234);
}

TEST_CASE("a user who went with a node that was home as well is not left online in the store") {
  recorded n;
  n.write({{{key_kind::presence, "bob", ""}, true, R"({"userId":"bob","status":"online","lastSeen":1234})", 60s}});
  auto ann = n.w->open(0);
  ann.connect("ann");
  for (const std::string user : {"ann", "bob"})
    n.w->layer->inside().hub->to_presence(user, actors::presence_bereft{});
  n.w->run();
  const auto wall = n.w->wall();
  n.pass(200ms);
  CHECK(online(n.at(key_kind::presence, "ann")));
  const auto bob = n.at(key_kind::presence, "bob");
  CHECK_FALSE(online(bob));
  CHECK(bob.begin()->second.find(std::to_string(wall)) != std::string::npos);
}

TEST_CASE("what comes together leaves together") {
  recorded n;
  const auto before = n.counts().batches.load();
  std::vector<test::world::client> all;
  for (int i = 0; i < 300; ++i) {
    auto& c = all.emplace_back(n.w->open(static_cast<std::uint16_t>(i % 2)));
    c.say_only(R"(40{"user":"u)" + std::to_string(i) + "\"}");
    c.say_only(R"(42["join_room","lobby"])");
  }
  n.w->run();
  n.pass(500ms);
  CHECK(n.at(key_kind::room, "lobby").size() == 300);
  CHECK(n.counts().batches - before <= 6);
}

TEST_CASE("while the store is away nothing waits for it, and afterwards everything is right") {
  actors::keys_options few;
  few.max_waiting = 20;
  const bool overflow = GENERATE(false, true);
  recorded n(overflow ? few : actors::keys_options{});
  auto ann = n.w->open(0), bob = n.w->open(1);
  const auto a = ann.connect("ann");
  bob.connect("bob");
  bob.say(R"(42["join_room","lobby"])");
  n.pass(200ms);
  n.store->set_up(false);
  bob.drop();
  std::vector<std::string> ids;
  for (int i = 0; i < 30; ++i) {
    auto c = n.w->open(0);
    ids.push_back(c.connect("late"));
    c.say(R"(42["join_room","hall"])");
  }
  n.pass(3s);
  CHECK(n.counts().failures > 0);
  n.store->set_up(true);
  n.pass(4s);
  auto there = n.at(key_kind::connections, "n1");
  CHECK(there.size() == 31);
  CHECK(there[a] == "ann");
  CHECK(n.at(key_kind::user_sockets, "late").size() == 30);
  CHECK(n.at(key_kind::room, "hall").size() == 30);
  CHECK(n.at(key_kind::room, "lobby").empty());
  CHECK(n.at(key_kind::user_sockets, "bob").empty());
}

TEST_CASE("the doctor finds and repairs what is missing, too much, or of nobody") {
  recorded n;
  auto ann = n.w->open(0);
  const auto a = ann.connect("ann");
  ann.say(R"(42["join_room","lobby"])");
  n.pass(200ms);
  CHECK(n.examine(true).nodes.front().found() == 0);
  const auto dead = engineio::make_socket_id({9, {0, 1, 1}}, {});
  n.write({{{key_kind::connections, "n1", a}, false, {}, {}},
           {{key_kind::room, "lobby", "ghost"}, true, {}, {}},
           {{key_kind::room, "nobody knows", dead}, true, {}, {}},
           {{key_kind::servers, "", "gone"}, true, {}, {}},
           {{key_kind::connections, "gone", dead}, true, "dan", {}},
           {{key_kind::node_rooms, "gone", "lobby"}, true, {}, {}},
           {{key_kind::room, "lobby", dead}, true, {}, {}}});
  const auto looked = n.examine(false);
  CHECK(looked.nodes.front().found() >= 4);
  CHECK(looked.nodes.front().repaired == 0);
  CHECK(looked.nodes.front().dead == std::vector<std::string>{"gone"});
  CHECK_FALSE(looked.nodes.front().consistent(false));
  CHECK(n.at(key_kind::room, "lobby").contains("ghost"));
  const auto repaired = n.examine(true);
  CHECK(repaired.nodes.front().repaired >= 4);
  CHECK(n.at(key_kind::connections, "n1") == key_content{{a, "ann"}});
  CHECK(n.at(key_kind::room, "lobby") == key_content{{a, ""}});
  CHECK(n.at(key_kind::room, "nobody knows").empty());
  CHECK(n.at(key_kind::connections, "gone").empty());
  CHECK(n.at(key_kind::node_rooms, "gone").empty());
  CHECK(n.at(key_kind::servers, "") == key_content{{"n1", ""}});
  CHECK(n.examine(true).nodes.front().found() == 0);
}

TEST_CASE("a message by the node's channel reaches the sockets that it names") {
  recorded n;
  auto ann = n.w->open(0), bob = n.w->open(1);
  const auto a = ann.connect("ann");
  bob.connect("bob");
  n.router.on_letter("nonsense");
  n.router.on_letter(R"({"event":"note","args":[1,"two"],"rooms":[")" + a + R"("]})");
  n.pass(200ms);
  CHECK(ann.heard() == test::lines{R"(42["note",1,"two"])"});
  CHECK(bob.heard().empty());
  CHECK(n.counts().refused == 1);
  CHECK(n.counts().accepted == 1);
}

TEST_CASE("a node that ends takes its entries along") {
  auto n = std::make_unique<recorded>();
  auto ann = n->w->open(0);
  ann.connect("ann");
  ann.say(R"(42["join_room","lobby"])");
  n->pass(200ms);
  n->w.reset();
  CHECK(n->at(key_kind::connections, "n1").empty());
  CHECK(n->at(key_kind::room, "lobby").empty());
  CHECK(n->at(key_kind::servers, "").empty());
}
