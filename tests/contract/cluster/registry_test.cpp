// What ports/registry.hpp promises of nodes and their leases.

#include "support/nodes.hpp"
#include "support/worlds.hpp"

#include <algorithm>

namespace cluster_tests {
namespace {

std::vector<std::string> ids(ports::registry& r) {
  std::vector<std::string> found;
  for (const auto& seen : view(r).nodes)
    found.push_back(seen.node.id);
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace

TEMPLATE_LIST_TEST_CASE("a node is seen by every node as it presents itself", "", worlds) {
  TestType world;
  auto a = world.registry(), b = world.registry();
  auto me = node("a");
  me.url = "https://chat.example.com/ä \"quoted\"";
  me.draining = true;
  REQUIRE(renew(*a, me, 20s));
  REQUIRE(renew(*b, node("b"), 20s));
  auto seen = view(*b);
  REQUIRE(seen.nodes.size() == 2);
  auto found = std::find_if(seen.nodes.begin(), seen.nodes.end(), [](auto& n) { return n.node.id == "a"; });
  REQUIRE(found != seen.nodes.end());
  CHECK(found->node == me);
  CHECK(found->lease_left > 10s);
  CHECK(found->lease_left <= 20s);
}

TEMPLATE_LIST_TEST_CASE("a later renewal replaces the record", "", worlds) {
  TestType world;
  auto a = world.registry();
  auto me = node("a");
  REQUIRE(renew(*a, me));
  me.draining = true;
  me.port = 0xffff;
  me.number = 0xfffe;
  REQUIRE(renew(*a, me));
  REQUIRE(view(*a).nodes.size() == 1);
  CHECK(view(*a).nodes[0].node == me);
}

TEMPLATE_LIST_TEST_CASE("a lease that nobody renews expires, one that somebody renews does not", "", worlds) {
  TestType world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a"), 400ms));
  REQUIRE(renew(*r, node("b"), 60s));
  CHECK(ids(*r) == std::vector<std::string>{"a", "b"});
  world.pass(200ms);
  REQUIRE(renew(*r, node("a"), 2s));
  world.pass(400ms);
  CHECK(ids(*r) == std::vector<std::string>{"a", "b"});
  world.pass(1'700ms);
  CHECK(ids(*r) == std::vector<std::string>{"b"});
}

TEMPLATE_LIST_TEST_CASE("an id belongs to one incarnation while its lease lives", "", worlds) {
  TestType world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a", 10), 300ms));
  auto refused = renew(*r, node("a", 11));
  REQUIRE(!refused);
  CHECK(refused.error().code == "node_id_taken");
  CHECK(view(*r).nodes[0].node.incarnation == 10);
  world.pass(320ms);
  CHECK(renew(*r, node("a", 11)));
  CHECK(view(*r).nodes[0].node.incarnation == 11);
}

TEMPLATE_LIST_TEST_CASE("a number belongs to one node while its lease lives", "", worlds) {
  TestType world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a", 1, 7), 300ms));
  auto refused = renew(*r, node("b", 2, 7));
  REQUIRE(!refused);
  CHECK(refused.error().code == "node_number_taken");
  CHECK(ids(*r) == std::vector<std::string>{"a"});
  CHECK(renew(*r, node("b", 2, 8)));
  world.pass(320ms);
  CHECK(renew(*r, node("c", 3, 7)));
}

TEMPLATE_LIST_TEST_CASE("a node that takes another number leaves the old one", "", worlds) {
  TestType world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a", 1, 7)));
  REQUIRE(renew(*r, node("a", 1, 8)));
  CHECK(renew(*r, node("b", 2, 7)));
  CHECK(renew(*r, node("c", 3, 8)).error().code == "node_number_taken");
}

TEMPLATE_LIST_TEST_CASE("a slot is pinned for one room at a time, and everybody sees it", "", worlds) {
  TestType world;
  auto a = world.registry(), b = world.registry();
  const auto pin = [](ports::registry& r, std::uint16_t slot, ports::slot_pin where) {
    return ask<bool>([&](auto done) { r.pin(slot, std::move(where), done); });
  };
  const auto before = view(*b).slots_version;
  REQUIRE(pin(*a, 7, {"n1", "lobby"}));
  CHECK(view(*b).pins == cluster::slot_pins{{7, {"n1", "lobby"}}});
  CHECK(view(*b).slots_version > before);
  CHECK(pin(*b, 7, {"n1", "the hall, 2"})); // to the same node: nobody is hurt
  const auto other = pin(*a, 7, {"n2", "lobby"});
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == "slot_pinned");
  CHECK(other.error().message.find("the hall, 2") != std::string::npos);
  CHECK(pin(*a, 7, {"n2", "the hall, 2"}));
  CHECK(view(*b).pins.at(7).node == "n2");
  CHECK(pin(*a, 8, {"n2", "lobby"}));
  CHECK_FALSE(pin(*a, 7, {"", "lobby"}).has_value());
  CHECK(pin(*b, 7, {"", "the hall, 2"}));
  CHECK(pin(*b, 9, {"", "never pinned"}));
  CHECK(view(*a).pins == cluster::slot_pins{{8, {"n2", "lobby"}}});
}

TEMPLATE_LIST_TEST_CASE("a record is removed only for its own incarnation", "", worlds) {
  TestType world;
  auto a = world.registry(), b = world.registry();
  REQUIRE(renew(*a, node("a", 10, 7)));
  CHECK(*remove(*b, "a", 9) == false);
  CHECK(*remove(*b, "nobody", 10) == false);
  CHECK(ids(*b) == std::vector<std::string>{"a"});
  CHECK(*remove(*b, "a", 10) == true);
  CHECK(*remove(*a, "a", 10) == false);
  CHECK(ids(*b).empty());
  CHECK(renew(*b, node("b", 11, 7))); // the number is free, too
  CHECK(renew(*a, node("a", 12, 8)));
}

TEMPLATE_LIST_TEST_CASE("every node needs the number of slots that the cluster was made with", "", worlds) {
  TestType world;
  auto a = world.registry(64), b = world.registry(128);
  REQUIRE(renew(*a, node("a")));
  auto refused = renew(*b, node("b"));
  REQUIRE(!refused);
  CHECK(refused.error().code == "wrong_slot_count");
  CHECK(refused.error().message.find("64") != std::string::npos);
  CHECK(ids(*a) == std::vector<std::string>{"a"});
}

TEMPLATE_LIST_TEST_CASE("the mark is one for all nodes, and tells restarts with data from those without", "", worlds) {
  TestType world;
  auto a = world.registry(), b = world.registry();
  auto first = renew(*a, node("a"));
  REQUIRE(first);
  CHECK(!first->mark.generation.empty());
  CHECK(!first->mark.run.empty());
  CHECK(renew(*b, node("b"))->mark == first->mark);
  CHECK(view(*b).mark == first->mark);

  world.restart(true);
  auto kept = renew(*a, node("a"));
  REQUIRE(kept);
  CHECK(kept->mark.generation == first->mark.generation);
  CHECK(kept->mark.run != first->mark.run);
  CHECK(view(*b).mark == kept->mark);

  world.restart(false);
  auto empty = renew(*a, node("a"));
  REQUIRE(empty);
  CHECK(empty->mark.generation != first->mark.generation);
  CHECK(empty->mark.run != kept->mark.run);
  CHECK(view(*b).mark == empty->mark);
  CHECK(ids(*b) == std::vector<std::string>{"a"});
}

TEMPLATE_LIST_TEST_CASE("a registry that is away says so, and works again later", "", worlds) {
  TestType world;
  auto r = world.registry();
  REQUIRE(renew(*r, node("a")));
  world.go_away();
  pending<ports::renewed> renewed;
  pending<std::vector<ports::slot_grant>> granted;
  pending<bool> removed;
  pending<ports::registry_view> seen;
  r->renew(node("a"), 30s, renewed.done());
  r->claim(node("a"), {{1, {}, 0}}, granted.done());
  r->remove("a", 1, removed.done());
  r->read(seen.done());
  CHECK(renewed.wait().error().code == "registry_unavailable");
  CHECK(granted.wait().error().code == "registry_unavailable");
  CHECK(removed.wait().error().code == "registry_unavailable");
  CHECK(seen.wait().error().code == "registry_unavailable");
  world.come_back();
  CHECK(comes_true([&] { return renew(*r, node("a")).has_value(); }));
}

} // namespace cluster_tests
