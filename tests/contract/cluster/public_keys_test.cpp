// What ports/public_keys.hpp promises.

#include "ports/public_keys.hpp"

#include "support/worlds.hpp"

namespace cluster_tests {
namespace {

using cluster::key_change;
using cluster::key_content;
using cluster::key_kind;

key_change there(key_kind k, std::string id, std::string member, std::string value = {}, duration ttl = {}) {
  return {{k, std::move(id), std::move(member)}, true, std::move(value), ttl};
}
key_change gone(key_kind k, std::string id, std::string member) { return {{k, std::move(id), std::move(member)}, false, {}, {}}; }

result<std::size_t> write(ports::public_keys& k, std::vector<key_change> changes) {
  return ask<std::size_t>([&](auto done) { k.write(std::move(changes), done); });
}
key_content read(ports::public_keys& k, key_kind kind, const std::string& id) {
  const auto found = ask<std::vector<key_content>>([&](auto done) { k.read({{kind, id}}, done); });
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  return found->front();
}
std::vector<std::string> scan(ports::public_keys& k, key_kind kind) {
  const auto found = ask<std::vector<std::string>>([&](auto done) { k.scan(kind, done); });
  REQUIRE(found.has_value());
  return *found;
}
result<bool> once(ports::public_keys& k, const std::string& what, duration ttl) {
  return ask<bool>([&](auto done) { k.once(what, ttl, done); });
}

} // namespace

TEMPLATE_LIST_TEST_CASE("what is written can be read, and what is taken away is gone", "", worlds) {
  TestType world;
  auto a = world.keys(), b = world.keys();
  const std::string odd("\0 \r\n*", 5);
  const auto commands = write(*a, {there(key_kind::servers, "", "n1"), there(key_kind::connections, "n1", "s1", "ann"),
                                   there(key_kind::connections, "n1", "s2", ""), there(key_kind::node_rooms, "n1", "lobby"),
                                   there(key_kind::user_sockets, odd, "s1"), there(key_kind::room, "lobby", "s1"),
                                   there(key_kind::room, "lobby", "s2"), there(key_kind::presence, "ann", "", "{}", 20s)});
  REQUIRE(commands);
  CHECK(*commands == 6);
  CHECK(read(*b, key_kind::servers, "") == key_content{{"n1", ""}});
  CHECK(read(*b, key_kind::connections, "n1") == key_content{{"s1", "ann"}, {"s2", ""}});
  CHECK(read(*b, key_kind::node_rooms, "n1") == key_content{{"lobby", ""}});
  CHECK(read(*b, key_kind::user_sockets, odd) == key_content{{"s1", ""}});
  CHECK(read(*b, key_kind::room, "lobby") == key_content{{"s1", ""}, {"s2", ""}});
  CHECK(read(*b, key_kind::presence, "ann") == key_content{{"", "{}"}});
  CHECK(read(*b, key_kind::room, "hall").empty());
  CHECK(*write(*b, {gone(key_kind::connections, "n1", "s1"), gone(key_kind::room, "lobby", "s1"), gone(key_kind::room, "lobby", "s2"),
                    gone(key_kind::presence, "ann", ""), gone(key_kind::room, "never", "s9")}) == 4);
  CHECK(read(*a, key_kind::connections, "n1") == key_content{{"s2", ""}});
  CHECK(read(*a, key_kind::room, "lobby").empty());
  CHECK(read(*a, key_kind::presence, "ann").empty());
}

TEMPLATE_LIST_TEST_CASE("writes of one object are carried out in order", "", worlds) {
  TestType world;
  auto k = world.keys();
  pending<std::size_t> last;
  for (int i = 0; i < 200; ++i)
    k->write({there(key_kind::connections, "n1", "s", std::to_string(i))}, [](const result<std::size_t>&) {});
  k->write({there(key_kind::connections, "n1", "s", "last")}, last.done());
  REQUIRE(last.wait());
  CHECK(read(*k, key_kind::connections, "n1") == key_content{{"s", "last"}});
}

TEMPLATE_LIST_TEST_CASE("presence and typing expire", "", worlds) {
  TestType world;
  auto k = world.keys();
  REQUIRE(write(*k, {there(key_kind::presence, "ann", "", "{}", 300ms), there(key_kind::presence, "bob", "", "{}", 60s),
                     there(key_kind::typing, "lobby", "ann", "1700000000000", 300ms)}));
  CHECK(read(*k, key_kind::typing, "lobby") == key_content{{"ann", "1700000000000"}});
  world.pass(700ms);
  CHECK(read(*k, key_kind::presence, "ann").empty());
  CHECK(read(*k, key_kind::presence, "bob").size() == 1);
  CHECK(read(*k, key_kind::typing, "lobby").empty());
}

TEMPLATE_LIST_TEST_CASE("many members of one key take few commands", "", worlds) {
  TestType world;
  auto k = world.keys();
  std::vector<key_change> all;
  for (int i = 0; i < 400; ++i)
    all.push_back(there(key_kind::room, "lobby", "s" + std::to_string(i)));
  CHECK(*write(*k, all) == 1);
  CHECK(read(*k, key_kind::room, "lobby").size() == 400);
}

TEMPLATE_LIST_TEST_CASE("a scan finds the keys of a kind and nothing else", "", worlds) {
  TestType world;
  auto k = world.keys();
  std::vector<key_change> all{there(key_kind::connections, "n1", "s", "u"), there(key_kind::user_sockets, "ann", "s"),
                              there(key_kind::presence, "ann", "", "{}", 60s), there(key_kind::node_rooms, "n1", "x")};
  for (int i = 0; i < 3'000; ++i)
    all.push_back(there(key_kind::room, "room " + std::to_string(i), "s"));
  REQUIRE(write(*k, all));
  CHECK(scan(*k, key_kind::room).size() == 3'000);
  CHECK(scan(*k, key_kind::user_sockets) == std::vector<std::string>{"ann"});
  CHECK(scan(*k, key_kind::connections) == std::vector<std::string>{"n1"});
  CHECK(scan(*k, key_kind::typing).empty());
}

TEMPLATE_LIST_TEST_CASE("once means one of all, until its time is over", "", worlds) {
  TestType world;
  auto a = world.keys(), b = world.keys();
  CHECK(*once(*a, "reap:n1", 300ms) == true);
  CHECK(*once(*b, "reap:n1", 300ms) == false);
  CHECK(*once(*b, "reap:n2", 300ms) == true);
  world.pass(700ms);
  CHECK(*once(*b, "reap:n1", 300ms) == true);
}

TEMPLATE_LIST_TEST_CASE("without the store every call is answered by an error, and it works again afterwards", "", worlds) {
  TestType world;
  auto k = world.keys();
  REQUIRE(write(*k, {there(key_kind::room, "lobby", "s1")}));
  world.go_away();
  const auto failed = write(*k, {there(key_kind::room, "lobby", "s2")});
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().code == "keys_unavailable");
  CHECK_FALSE(ask<std::vector<std::string>>([&](auto done) { k->scan(key_kind::room, done); }).has_value());
  CHECK_FALSE(ask<std::vector<key_content>>([&](auto done) { k->read({{key_kind::room, "lobby"}}, done); }).has_value());
  CHECK_FALSE(once(*k, "x", 1s).has_value());
  world.come_back();
  CHECK(comes_true([&] { return write(*k, {there(key_kind::room, "lobby", "s3")}).has_value(); }));
  CHECK(read(*k, key_kind::room, "lobby").contains("s3"));
}

} // namespace cluster_tests
