// On real threads: who runs where, order across shards, the stop under load.

#include "support/threaded_node.hpp"

#include <catch2/catch_test_macros.hpp>

#include <thread>

using namespace troupe;
using test::lines;
using test::threaded_node;

namespace {

std::vector<session_ref> connected(threaded_node& n, std::size_t count, const std::string& nsp = "") {
  std::vector<session_ref> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(n.open(static_cast<std::uint16_t>(i % n.egress.shards())));
    n.say(all.back(), "40" + nsp + R"({"user":"u)" + std::to_string(i) + "\"}");
  }
  for (auto who : all)
    REQUIRE(n.egress.await(who, 1));
  return all;
}

} // namespace

TEST_CASE("members on several threads see one order, and connections never leave their thread") {
  constexpr std::size_t clients = 8, messages = 25;
  threaded_node n(3);
  n.lab->events["in"] = [](auto&, auto&) {
    logic::join j{"a"};
    j.acknowledge = true;
    return logic::effects{j};
  };
  n.lab->events["say"] = [](auto&, const logic::inbound_event&) {
    logic::publish p;
    p.room = "a";
    p.event = "said";
    p.args.json = "{";
    p.stamp = true;
    return logic::effects{p};
  };
  const auto all = connected(n, clients, "/lab,");
  for (auto who : all)
    n.say(who, R"(42/lab,1["in"])");
  for (auto who : all)
    REQUIRE(n.egress.await(who, 2));
  for (std::size_t m = 0; m < messages; ++m)
    for (auto who : all)
      n.say(who, R"(42/lab,["say"])");
  std::vector<lines> heard;
  for (auto who : all) {
    REQUIRE(n.egress.await(who, 2 + clients * messages));
    heard.push_back(n.egress.take(who));
    heard.back().erase(heard.back().begin(), heard.back().begin() + 2); // CONNECT and the ack came first
  }
  for (std::size_t i = 0; i < clients * messages; ++i)
    CHECK(heard[0][i].find("\"seq\":" + std::to_string(i + 1) + "}") != std::string::npos);
  for (auto& order : heard)
    CHECK(order == heard.front());
  CHECK(n.egress.strays == 0);
}

TEST_CASE("a flood of events keeps its order, whether they are handled at once or wait for their turn") {
  constexpr std::size_t events = 2'000;
  threaded_node n(1);
  n.lab->events["n"] = [](auto&, const logic::inbound_event& e) {
    auto back = test::emit("said");
    back.args.json = e.args.substr(1, e.args.size() - 2);
    return logic::effects{back};
  };
  const auto who = connected(n, 1, "/lab,").front();
  for (std::size_t i = 0; i < events; ++i)
    n.say(who, R"(42/lab,["n",)" + std::to_string(i) + "]");
  REQUIRE(n.egress.await(who, 1 + events));
  const auto heard = n.egress.take(who);
  REQUIRE(heard.size() == 1 + events);
  for (std::size_t i = 0; i < events; ++i)
    REQUIRE(heard[1 + i].find(R"(["said",)" + std::to_string(i) + "]") != std::string::npos);
}

TEST_CASE("an event that fails while it is handled at once ends its own connection only") {
  threaded_node n(1);
  n.lab->events["back"] = [](auto&, auto&) { return logic::effects{test::emit("said")}; };
  const auto all = connected(n, 2, "/lab,");
  n.egress.failing_slot = all[0].slot;
  for (int i = 0; i < 3; ++i)
    n.say(all[0], R"(42/lab,["back"])");
  for (std::size_t i = 0; i < 3; ++i) {
    n.say(all[1], R"(42/lab,["back"])");
    REQUIRE(n.egress.await(all[1], 2 + i));
  }
  CHECK(n.counts.actor_failures.get() == 1);
  CHECK(n.counts.connections.get() == 1);
}

TEST_CASE("the stop ends everything while messages, timers and other threads are at work") {
  for (int round = 0; round < 10; ++round) {
    threaded_node n(2);
    n.lab->events["go"] = [](auto&, auto&) {
      auto e = test::emit("q");
      e.ack_timeout = duration(60'000);
      e.on_ack = [](auto) {};
      return logic::effects{e, logic::join{"a"}, logic::typing{"a"}};
    };
    const auto all = connected(n, 20, "/lab,");
    std::thread outside([&] {
      for (int i = 0; i < 200; ++i) {
        logic::publish p;
        p.room = "a";
        p.event = "news";
        n.layer->publish("/lab", p);
      }
    });
    for (auto who : all)
      n.say(who, R"(42/lab,["go"])");
    if (round % 2)
      for (auto who : all)
        n.drop(who);
    outside.join();
    REQUIRE(n.layer->stop(duration(60'000)));
    CHECK(n.counts.connections.get() == 0);
    CHECK(n.counts.rooms.get() == 0);
    CHECK(n.counts.pending_acks.get() == 0);
    CHECK(n.lab->disconnects.size() == all.size());
  }
}
