// Questions that one node asks all: whom they find, who answers for whom, and what is said of nodes that do not.

#include "support/virtual_cluster.hpp"

#include "actors/hub.hpp"
#include "core/cluster/envelope.hpp"
#include "core/cluster/query_wire.hpp"
#include "core/room/room_key.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using namespace troupe;
using test::lines;
using test::mentions;
using test::virtual_cluster;
using test::world;

namespace {

using cluster::silence;
using cluster::silent_node;

actors::options with_little_room(std::size_t open, std::size_t bytes) {
  actors::options o;
  o.queries = {open, bytes};
  return o;
}

/// Three nodes, a client on each: ann, bob and cid; ann and cid in the room `a`.
struct company {
  explicit company(actors::options o = {}) : nodes(3, o) {
    for (std::size_t i = 0; i < 3; ++i) {
      clients.push_back(nodes[i].open(static_cast<std::uint16_t>(i % 2)));
      ids.push_back(clients.back().connect(names[i]));
    }
    for (std::size_t i : {0, 2})
      clients[i].say(R"(42["join_room","a"])");
    nodes.run();
    hush();
  }
  void hush() {
    for (auto& c : clients)
      c.heard();
  }
  bool in_room(std::size_t i, const std::string& room) { return nodes[i].egress.in_room(room_key("/", room), clients[i].ref); }

  static constexpr const char* names[] = {"ann", "bob", "cid"};
  virtual_cluster nodes;
  std::vector<world::client> clients;
  lines ids;
};

template <class T>
auto into(std::optional<T>& place) {
  return [&place](T found) {
    CHECK_FALSE(place); // once
    place = std::move(found);
  };
}

using sockets = actors::found<actors::socket_summary>;

lines users_of(const sockets& s) {
  lines users;
  for (auto& one : s.list)
    users.push_back(one.who.user_id + "@" + one.node);
  std::sort(users.begin(), users.end());
  return users;
}

/// Asks the first node for all sockets.
std::optional<sockets> fetch(company& c, actors::selection of, std::size_t max = 100) {
  std::optional<sockets> found;
  c.nodes[0].layer->list_sockets(std::move(of), max, into(found), true);
  c.nodes.run();
  return found;
}

logic::broadcast question() {
  logic::broadcast ask;
  ask.event = "ask";
  return ask;
}

/// What a client was asked, answered with `args`.
void answer(company& c, std::size_t i, const std::string& args) {
  const auto heard = c.clients[i].heard();
  REQUIRE(heard.size() == 1);
  const auto id = heard[0].substr(2, heard[0].find('[') - 2);
  c.clients[i].say("43" + id + args);
  c.nodes.run();
}

} // namespace

TEST_CASE("sockets of all nodes are found, with what they said") {
  company c;
  auto shake = std::make_shared<engineio::handshake>();
  shake->address = "10.1.1.1";
  shake->headers.add("user-agent", "test");
  c.nodes[1].shake = shake;
  auto dan = c.nodes[1].open();
  dan.connect("dan");
  c.nodes.run();

  const auto all = fetch(c, {"/", {}, {}});
  REQUIRE(all);
  CHECK(users_of(*all) == lines{"ann@n1", "bob@n2", "cid@n3", "dan@n2"});
  CHECK(all->silent.empty());
  CHECK_FALSE(all->cut);
  const auto one = std::find_if(all->list.begin(), all->list.end(), [](auto& s) { return s.who.user_id == "dan"; });
  REQUIRE(one->shake);
  CHECK(one->shake->address == "10.1.1.1");
  CHECK(one->shake->headers.find("user-agent") == "test");
  CHECK(one->auth == R"({"user":"dan"})");
  const auto cid = std::find_if(all->list.begin(), all->list.end(), [](auto& s) { return s.who.user_id == "cid"; });
  CHECK(cid->rooms == lines{"a"});
  CHECK(cid->id == c.ids[2]);

  CHECK(users_of(*fetch(c, {"/", {"a"}, {}})) == lines{"ann@n1", "cid@n3"});
  CHECK(users_of(*fetch(c, {"/", {}, {"a", c.ids[1]}})) == lines{"dan@n2"});
  CHECK(users_of(*fetch(c, {"/", {c.ids[2]}, {}})) == lines{"cid@n3"});
  CHECK(users_of(*fetch(c, {"/", {}, {}, "cid"})) == lines{"cid@n3"});
  CHECK(users_of(*fetch(c, {"/", {}, {}, {}, true})) == lines{"ann@n1"});
  CHECK(fetch(c, {"/chat", {}, {}})->list.empty());
  const auto two = fetch(c, {"/", {}, {}}, 2);
  CHECK(two->list.size() == 2);
  CHECK(two->cut);
}

TEST_CASE("a node that does not answer is named when the time is over") {
  company c;
  c.nodes.hold(2);
  std::optional<sockets> found;
  c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(found));
  c.nodes.run();
  CHECK_FALSE(found);
  CHECK(c.nodes[0].counts.queries.open == 1);
  c.nodes.advance(duration(4'999));
  CHECK_FALSE(found);
  c.nodes.advance(duration(1));
  REQUIRE(found);
  CHECK(users_of(*found) == lines{"ann@n1", "bob@n2"});
  CHECK(found->silent == std::vector<silent_node>{{"n3", silence::late}});
  CHECK(c.nodes[0].counts.queries.open == 0);
  c.nodes.release(2); // its answer is nobody's any more
  CHECK(c.nodes[0].counts.queries.late_parts > 0);
}

TEST_CASE("a node that dies while it is asked counts as silent at once") {
  company c;
  c.nodes.hold(2);
  std::optional<sockets> found;
  c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(found));
  c.nodes.run();
  CHECK_FALSE(found);
  c.nodes.cut(2);
  REQUIRE(found);
  CHECK(found->silent == std::vector<silent_node>{{"n3", silence::lost}});

  SECTION("and as long as nothing leads to it, nobody waits for it") {
    const auto again = fetch(c, {"/", {}, {}});
    REQUIRE(again);
    CHECK(again->silent == std::vector<silent_node>{{"n3", silence::unlinked}});
  }
  SECTION("until it is there again") {
    c.nodes.release(2);
    c.nodes.link(2);
    const auto again = fetch(c, {"/", {}, {}});
    REQUIRE(again);
    CHECK(again->silent.empty());
    CHECK(again->list.size() == 3);
  }
  SECTION("unless it has left the cluster") {
    c.nodes.hub(0).know_node("n3", {3, 1'002}, false);
    const auto again = fetch(c, {"/", {}, {}});
    REQUIRE(again);
    CHECK(again->silent.empty());
    CHECK(again->list.size() == 2);
  }
}

TEST_CASE("members of a room are listed wherever they are, to clients too") {
  company c;
  std::optional<actors::found<actors::member_summary>> found;
  c.nodes[1].layer->list_members("/", "a", 10, into(found));
  c.nodes.run();
  REQUIRE(found);
  CHECK(found->list.size() == 2);
  CHECK(found->total == 2);

  c.clients[2].say(R"(421["room:members","a"])");
  c.nodes.run();
  const auto heard = c.clients[2].heard();
  REQUIRE(heard.size() == 1);
  CHECK(mentions(heard, R"({"socketId":")" + c.ids[0] + R"(","userId":"ann"})"));
  CHECK(mentions(heard, R"({"socketId":")" + c.ids[2] + R"(","userId":"cid"})"));
  CHECK(mentions(heard, R"("count":2})"));
  CHECK_FALSE(mentions(heard, "silent"));

  c.nodes.hold(0);
  c.clients[2].say(R"(422["room:members","a"])");
  c.nodes.run();
  CHECK(c.clients[2].heard().empty());
  c.nodes.cut(0);
  const auto partial = c.clients[2].heard();
  CHECK(mentions(partial, R"([{"socketId":")" + c.ids[2] + R"(","userId":"cid"}])"));
  CHECK(mentions(partial, R"("silent":["n1"]})"));
}

TEST_CASE("a room is listed once, however many nodes have members of it") {
  company c;
  c.clients[1].say(R"(42["join_room","b"])");
  c.nodes.run();
  std::optional<actors::found<actors::room_summary>> found;
  c.nodes[2].layer->list_rooms(100, into(found));
  c.nodes.run();
  REQUIRE(found);
  REQUIRE(found->list.size() == 2);
  CHECK(found->total == 2);
  for (auto& r : found->list)
    CHECK(r.members == (r.room == "a" ? 2u : 1u));
}

TEST_CASE("joins, leaves and ends reach sockets on all nodes, and are told when they have happened") {
  company c;
  std::optional<actors::control_outcome> outcome;
  c.nodes[1].layer->control({"/", {}, {}}, ports::control_join{{"x", "y"}}, into(outcome));
  c.nodes.run();
  REQUIRE(outcome);
  CHECK(outcome->sockets == 3);
  CHECK(outcome->silent.empty());
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(c.in_room(i, "x"));
    CHECK(c.in_room(i, "y"));
  }

  outcome.reset();
  c.nodes[1].layer->control({"/", {"a"}, {c.ids[0]}}, ports::control_leave{{"x"}}, into(outcome));
  c.nodes.run();
  REQUIRE(outcome);
  CHECK(outcome->sockets == 1);
  CHECK(c.in_room(0, "x"));
  CHECK_FALSE(c.in_room(2, "x"));

  outcome.reset();
  c.nodes[1].layer->control({"/", {}, {}, {}, true}, ports::control_leave{{"x"}}, into(outcome));
  c.nodes.run();
  REQUIRE(outcome);
  CHECK(outcome->sockets == 1); // of this node only
  CHECK(c.in_room(0, "x"));
  CHECK_FALSE(c.in_room(1, "x"));

  c.nodes.hold(0);
  outcome.reset();
  c.nodes[1].layer->control({"/", {"y"}, {}}, ports::control_disconnect{true}, into(outcome));
  c.nodes.run();
  CHECK_FALSE(outcome);
  c.nodes.advance(duration(5'000));
  REQUIRE(outcome);
  CHECK(outcome->silent == std::vector<silent_node>{{"n1", silence::late}});
  CHECK(outcome->sockets == 2);
  CHECK_FALSE(c.clients[1].open());
  CHECK_FALSE(c.clients[2].open());
}

TEST_CASE("a user is disconnected on every node") {
  company c;
  auto more = c.nodes[0].open(1);
  more.connect("cid");
  auto elsewhere = c.nodes[1].open(1);
  elsewhere.connect("cid", "/chat");
  c.nodes.run();
  std::optional<actors::control_outcome> outcome;
  c.nodes[1].layer->disconnect_user("/", "cid", false, into(outcome));
  c.nodes.run();
  REQUIRE(outcome);
  CHECK(outcome->sockets == 2);
  CHECK(c.clients[2].heard() == lines{"41"});
  CHECK(more.heard() == lines{"41"});
  CHECK(elsewhere.heard().empty());
  CHECK(c.clients[0].open());
  CHECK(c.clients[1].heard().empty());
  outcome.reset();
  c.nodes[1].layer->disconnect_user("/", "nobody", true, into(outcome));
  c.nodes.run();
  REQUIRE(outcome);
  CHECK(outcome->sockets == 0);
}

TEST_CASE("effects are carried out for a socket of another node") {
  company c;
  std::optional<actors::performed> outcome;
  auto perform = [&](const std::string& id, logic::effects what) {
    outcome.reset();
    c.nodes[0].layer->perform("/", id, std::move(what), into(outcome));
    c.nodes.run();
  };
  perform(c.ids[2], logic::effects_of(test::emit("hi", "1"), logic::join{"z"}, logic::leave{"a"}));
  CHECK(outcome == actors::performed::done);
  CHECK(c.clients[2].heard() == lines{R"(42["hi",1])"});
  CHECK(c.in_room(2, "z"));
  CHECK_FALSE(c.in_room(2, "a"));
  perform(c.ids[2], logic::effects_of(logic::publish{}));
  CHECK(outcome == actors::performed::too_much);
  perform(c.ids[2], logic::effects_of(logic::disconnect{true}));
  CHECK(outcome == actors::performed::done);
  CHECK_FALSE(c.clients[2].open());
  perform(c.ids[2], logic::effects_of(test::emit("hi")));
  CHECK(outcome == actors::performed::unknown_socket);
  c.nodes.cut(1);
  perform(c.ids[1], logic::effects_of(test::emit("hi")));
  CHECK(outcome == actors::performed::unreachable);
  c.nodes.hub(0).know_node("n2", {2, 1'001}, false);
  perform(c.ids[1], logic::effects_of(test::emit("hi")));
  CHECK(outcome == actors::performed::unknown_socket);
}

TEST_CASE("clients of all nodes acknowledge a broadcast") {
  company c;
  std::optional<actors::ack_summary> summary;
  c.nodes[0].layer->broadcast_with_ack({"/", {}, {}}, question(), duration(1'000), into(summary));
  c.nodes.run();
  answer(c, 0, "[1]");
  answer(c, 1, "[2]");
  CHECK_FALSE(summary);
  SECTION("all do") {
    answer(c, 2, "[3]");
    REQUIRE(summary);
    CHECK(summary->expected == 3);
    REQUIRE(summary->answers.size() == 3);
    std::sort(summary->answers.begin(), summary->answers.end(), [](auto& a, auto& b) { return a.second.json < b.second.json; });
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(summary->answers[i].first == c.ids[i]);
    CHECK(summary->silent.empty());
  }
  SECTION("one does not, in time: its node has answered all the same") {
    c.nodes.advance(duration(1'000));
    REQUIRE(summary);
    CHECK(summary->expected == 3);
    CHECK(summary->answers.size() == 2);
    CHECK(summary->silent.empty());
  }
  SECTION("a node dies before its client does") {
    c.nodes.cut(2);
    REQUIRE(summary);
    CHECK(summary->expected == 3);
    CHECK(summary->answers.size() == 2);
    CHECK(summary->silent == std::vector<silent_node>{{"n3", silence::lost}});
  }
}

TEST_CASE("a broadcast with acks goes to those selected only, and to this node only if wanted") {
  company c;
  std::optional<actors::ack_summary> summary;
  c.nodes[1].layer->broadcast_with_ack({"/", {"a"}, {c.ids[0]}}, question(), duration(1'000), into(summary));
  c.nodes.run();
  CHECK(c.clients[0].heard().empty());
  CHECK(c.clients[1].heard().empty());
  answer(c, 2, "[]");
  REQUIRE(summary);
  CHECK(summary->expected == 1);
  summary.reset();
  c.nodes[1].layer->broadcast_with_ack({"/", {"a"}, {}, {}, true}, question(), duration(1'000), into(summary));
  c.nodes.run();
  REQUIRE(summary);
  CHECK(summary->expected == 0);
}

TEST_CASE("programs of the other nodes hear each other and answer") {
  company c;
  lines heard;
  logic::server_event::reply_function later;
  c.nodes[1].lab->server_event = [&](logic::server_event e) {
    heard.push_back("n2 " + e.nsp + " " + e.name + " " + e.args.json);
    if (e.reply)
      e.reply(logic::arguments{"\"two\"", {}});
  };
  c.nodes[2].lab->server_event = [&](logic::server_event e) {
    heard.push_back("n3 " + e.name);
    later = std::move(e.reply);
  };
  c.nodes[0].lab->server_event = [&](logic::server_event) { heard.push_back("its own"); };

  c.nodes[0].layer->emit_to_servers("/", "hello", {"1,2", {}});
  c.nodes.run();
  CHECK(heard == lines{"n2 / hello 1,2", "n3 hello"});
  CHECK_FALSE(later);
  heard.clear();

  std::optional<actors::server_summary> summary;
  c.nodes[0].layer->ask_servers("/", "hello", {"3", {}}, duration(1'000), into(summary));
  c.nodes.run();
  CHECK(heard == lines{"n2 / hello 3", "n3 hello"});
  REQUIRE(later);
  CHECK_FALSE(summary);
  SECTION("all answer") {
    later(logic::arguments{"\"three\"", {}});
    c.nodes.run();
    REQUIRE(summary);
    REQUIRE(summary->answers.size() == 2);
    CHECK(summary->answers[0].first == "n2");
    CHECK(summary->answers[1].second.json == "\"three\"");
    CHECK(summary->expected == 2);
    CHECK(summary->silent.empty());
  }
  SECTION("who listens and does not answer is named") {
    c.nodes.advance(duration(1'000));
    REQUIRE(summary);
    CHECK(summary->answers.size() == 1);
    CHECK(summary->silent == std::vector<silent_node>{{"n3", silence::late}});
  }
  SECTION("who does not listen is not waited for") {
    later(std::nullopt);
    c.nodes.run();
    REQUIRE(summary);
    CHECK(summary->expected == 1);
    CHECK(summary->silent.empty());
  }
}

TEST_CASE("questions and answers have limits") {
  SECTION("of questions that wait") {
    company c(with_little_room(2, 1'000'000));
    c.nodes.hold(1);
    std::optional<sockets> first, second, third;
    c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(first));
    c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(second));
    c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(third));
    c.nodes.run();
    CHECK_FALSE(first);
    REQUIRE(third);
    REQUIRE(third->failed);
    CHECK(third->failed->code == "overloaded");
    CHECK(c.nodes[0].counts.queries.refused == 1);
    c.nodes.release(1);
    CHECK(first);
    CHECK(second);
  }
  SECTION("of questions that are answered") {
    company c(with_little_room(1, 1'000'000));
    // A client that owes its ack keeps the place taken.
    std::optional<actors::ack_summary> asked;
    c.nodes[0].layer->broadcast_with_ack({"/", {c.ids[2]}, {}}, question(), duration(60'000), into(asked));
    c.nodes.run();
    std::optional<sockets> found;
    c.nodes[1].layer->list_sockets({"/", {}, {}}, 100, into(found));
    c.nodes.run();
    REQUIRE(found);
    CHECK(users_of(*found) == lines{"ann@n1", "bob@n2"});
    CHECK(found->silent == std::vector<silent_node>{{"n3", silence::busy}});
    CHECK(c.nodes[2].counts.queries.declined == 1);
    answer(c, 2, "[]");
    CHECK(asked);
    found.reset();
    c.nodes[1].layer->list_sockets({"/", {}, {}}, 100, into(found));
    c.nodes.run();
    REQUIRE(found);
    CHECK(found->silent.empty());
  }
  SECTION("of what an answer weighs") {
    company c(with_little_room(10, 400));
    for (int i = 0; i < 20; ++i)
      c.nodes[1].open().connect("u" + std::to_string(i));
    c.nodes.run();
    const auto found = fetch(c, {"/", {}, {}});
    REQUIRE(found);
    CHECK(found->cut);
    CHECK(found->silent.empty());
    CHECK(found->list.size() < 10);
  }
}

TEST_CASE("bytes that are no question harm nobody") {
  company c;
  const auto good = cluster::encode(cluster::question{5, cluster::find_rooms{10}});
  for (const auto& bytes : {std::string(), std::string("\1\0", 2), std::string("\1\1", 2), good.substr(0, good.size() - 1), std::string(500, '\xff')})
    c.nodes.inject(1, 0, cluster::sealed(cluster::addressee::query, "", bytes));
  c.nodes.run();
  CHECK(c.nodes[0].counts.queries.bad_messages == 5);
  CHECK(fetch(c, {"/", {}, {}})->list.size() == 3);
}

TEST_CASE("a question that is open when the node stops comes back") {
  company c;
  c.nodes.hold(1);
  std::optional<sockets> found;
  c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(found));
  c.nodes.run();
  CHECK_FALSE(found);
  CHECK(c.nodes[0].layer->stop(duration(5'000)));
  REQUIRE(found);
  CHECK(found->silent.size() == 1);
  std::optional<sockets> late;
  c.nodes[0].layer->list_sockets({"/", {}, {}}, 100, into(late));
  REQUIRE(late);
  REQUIRE(late->failed);
  CHECK(late->failed->code == "not_ready");
}
