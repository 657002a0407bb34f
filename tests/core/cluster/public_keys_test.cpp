#include "core/cluster/public_keys.hpp"

#include "core/engineio/sid.hpp"
#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::cluster;

namespace {

std::string socket_of(std::uint16_t number, std::uint32_t slot) {
  return engineio::make_socket_id({number, {0, slot, 1}}, {});
}
const std::string ann = socket_of(7, 1), bob = socket_of(7, 2), old = socket_of(6, 3), elsewhere = socket_of(8, 4);

key_change there(key_kind k, std::string id, std::string member, std::string value = {}) {
  return {{k, std::move(id), std::move(member)}, true, std::move(value), {}};
}
key_change gone(key_kind k, std::string id, std::string member) { return {{k, std::move(id), std::move(member)}, false, {}, {}}; }

bool has(const std::vector<key_change>& all, const key_change& c) { return std::find(all.begin(), all.end(), c) != all.end(); }

/// Ann and Bob on n1, Ann in the lobby.
node_truth truth() {
  node_truth t;
  t.node = "n1";
  t.number = 7;
  t.sockets = {{ann, "ann"}, {bob, "bob"}};
  t.rooms = {{"lobby", {ann}}};
  t.presence = {{"ann", R"({"status":"online"})"}};
  return t;
}

/// Changes to what is stored, as the store does.
void carry_out(node_stored& s, const std::vector<key_change>& all) {
  for (auto& c : all) {
    if (c.at.kind == key_kind::presence) {
      s.presence[c.at.id] = c.value;
      continue;
    }
    auto& content = c.at.kind == key_kind::connections  ? s.connections
                    : c.at.kind == key_kind::node_rooms ? s.rooms
                    : c.at.kind == key_kind::room       ? s.room_members[c.at.id]
                                                        : s.user_sockets[c.at.id];
    if (c.present)
      content[c.at.member] = c.value;
    else
      content.erase(c.at.member);
  }
}

} // namespace

TEST_CASE("keys are named for other programs") {
  CHECK(key_name(key_kind::connections, "n1") == "connections:n1");
  CHECK(key_name(key_kind::user_sockets, "ann") == "user:ann:sockets");
  CHECK(key_name(key_kind::room, "lobby") == "room:lobby");
  CHECK(key_name(key_kind::presence, "ann") == "presence:ann");
  CHECK(key_name(key_kind::typing, "lobby") == "typing:lobby");
  CHECK(key_name(key_kind::node_rooms, "n1") == "rooms:n1");
  CHECK(key_name(key_kind::servers, "") == "servers");
}

TEST_CASE("a room's public name says its namespace and comes back as its key") {
  CHECK(public_room(room_key("/", "lobby")) == "lobby");
  CHECK(public_room(room_key("/admin", "lobby")) == "/admin,lobby");
  CHECK(public_room(room_key("/", "/odd")) == "/,/odd");
  for (auto& key : {room_key("/", "lobby"), room_key("/", "a,b"), room_key("/admin", "a,/b"), room_key("/", "/odd"), room_key("/", "/a,b"),
                    room_key("/admin", "")})
    CHECK(room_key_of_public(public_room(key)) == key);
}

TEST_CASE("of several changes of an entry the last remains, and keys come together") {
  key_outbox o(10);
  CHECK(o.put(there(key_kind::room, "a", "1")));
  CHECK(o.put(there(key_kind::room, "b", "1")));
  CHECK(o.put(there(key_kind::room, "a", "2")));
  CHECK(o.put(gone(key_kind::room, "a", "1")));
  CHECK(o.coalesced() == 1);
  o.put_if_absent(there(key_kind::room, "a", "1"));
  o.put_if_absent(there(key_kind::room, "c", "1"));
  CHECK(o.take(2) == std::vector{gone(key_kind::room, "a", "1"), there(key_kind::room, "a", "2")});
  CHECK(o.take(100) == std::vector{there(key_kind::room, "b", "1"), there(key_kind::room, "c", "1")});
  CHECK(o.take(100).empty());
}

TEST_CASE("beyond its bound an outbox forgets everything and says so") {
  key_outbox o(2);
  CHECK(o.put(there(key_kind::room, "a", "1")));
  CHECK(o.put(there(key_kind::room, "a", "2")));
  CHECK(o.put(gone(key_kind::room, "a", "2"))); // known already
  CHECK_FALSE(o.put(there(key_kind::room, "a", "3")));
  CHECK(o.size() == 0);
  for (int i = 0; i < 10; ++i) // what is known to be wrong is never too much
    o.put_if_absent(there(key_kind::room, "b", std::to_string(i)));
  CHECK(o.put(there(key_kind::room, "a", "1")));
  CHECK(o.size() == 11);
}

TEST_CASE("an empty store is told everything, and then nothing") {
  node_stored s;
  const auto t = truth();
  const auto keys = keys_to_read(t, s);
  CHECK(keys == std::vector<std::pair<key_kind, std::string>>{
                  {key_kind::user_sockets, "ann"}, {key_kind::user_sockets, "bob"}, {key_kind::room, "lobby"}, {key_kind::presence, "ann"}});
  const auto all = differences(t, s);
  CHECK(all.size() == 7);
  CHECK(has(all, there(key_kind::connections, "n1", ann, "ann")));
  CHECK(has(all, there(key_kind::user_sockets, "bob", bob)));
  CHECK(has(all, there(key_kind::room, "lobby", ann)));
  CHECK(has(all, there(key_kind::node_rooms, "n1", "lobby")));
  CHECK(has(all, there(key_kind::presence, "ann", "", R"({"status":"online"})")));
  carry_out(s, all);
  CHECK(differences(t, s).empty());
}

TEST_CASE("what a former life of the node left goes, what other nodes have stays") {
  node_stored s;
  carry_out(s, differences(truth(), {}));
  s.connections[old] = "ann";
  s.user_sockets["ann"][old] = "";
  s.user_sockets["ann"][elsewhere] = "";
  s.user_sockets["carol"][old] = "";
  s.room_members["lobby"][old] = "";
  s.room_members["lobby"][elsewhere] = "";
  s.rooms["hall"] = "";
  s.room_members["hall"] = {{old, ""}, {elsewhere, ""}, {bob, ""}};
  auto all = differences(truth(), s);
  CHECK(all.size() == 7);
  CHECK(has(all, gone(key_kind::connections, "n1", old)));
  CHECK(has(all, gone(key_kind::user_sockets, "carol", old)));
  CHECK(has(all, gone(key_kind::room, "lobby", old)));
  CHECK(has(all, gone(key_kind::room, "hall", bob))); // its own, who has left
  CHECK_FALSE(has(all, gone(key_kind::room, "hall", elsewhere)));
  CHECK(has(all, gone(key_kind::node_rooms, "n1", "hall")));
  carry_out(s, all);
  CHECK(differences(truth(), s).empty());
}

TEST_CASE("a dead node's entries go, those of its next life stay") {
  node_stored s;
  carry_out(s, differences(truth(), {}));
  s.connections[elsewhere] = "dan"; // the next life, number 8
  s.user_sockets["dan"][elsewhere] = "";
  s.room_members["lobby"][elsewhere] = "";
  node_truth dead;
  dead.node = "n1";
  dead.survivors = {8};
  carry_out(s, differences(dead, s));
  CHECK(s.connections == key_content{{elsewhere, "dan"}});
  CHECK(s.user_sockets["ann"].empty());
  CHECK(s.room_members["lobby"] == key_content{{elsewhere, ""}});
  CHECK(s.presence.size() == 1); // it expires
}

TEST_CASE("a user's changed name is corrected") {
  node_stored s;
  carry_out(s, differences(truth(), {}));
  s.connections[ann] = "mallory";
  const auto all = differences(truth(), s);
  CHECK(all == std::vector{there(key_kind::connections, "n1", ann, "ann")});
}

TEST_CASE("strays are sockets of nobody, and what is no socket") {
  const auto found = strays({{{key_kind::room, "lobby"}, {{ann, ""}, {old, ""}, {"nonsense", ""}}}, {{key_kind::connections, "n9"}, {{old, "x"}}}}, {7, 8});
  CHECK(found.size() == 3);
  CHECK(has(found, gone(key_kind::room, "lobby", old)));
  CHECK(has(found, gone(key_kind::room, "lobby", "nonsense")));
  CHECK(has(found, gone(key_kind::connections, "n9", old)));
}

TEST_CASE("only what two looks agree on is wrong") {
  const auto a = there(key_kind::room, "a", "1"), b = there(key_kind::room, "b", "1"), b_gone = gone(key_kind::room, "b", "1");
  CHECK(confirmed({a, b}, {a, b_gone, there(key_kind::room, "c", "1")}) == std::vector{a});
}
