#include "cluster_sight.hpp"
#include "core/engineio/sid.hpp"
#include "served.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using nlohmann::json;

namespace {

app::config with_key() {
  app::config c;
  c.auth.api_keys = {"k"};
  return c;
}

json nodes_of(const testing::served& node) {
  const auto answer = node.get("/api/v1/nodes", {{"X-API-Key", "k"}});
  CHECK(answer.status == 200);
  return json::parse(answer.body);
}

std::string socket_on(std::uint16_t number) { return engineio::make_socket_id({number, {}}, {}); }

} // namespace

TEST_CASE("The list of nodes is what the asked one sees", "[http][cluster]") {
  testing::cluster_sight sight;
  testing::served node(with_key(), "/nonexistent", [] { return std::vector<std::string>{"2 slots have no home"}; }, sight);
  node.routes.set_state(app::node_state::ready);
  const auto body = nodes_of(node);
  CHECK(body["node"] == "node-1");
  CHECK(body["clustered"] == true);
  CHECK(body["ready"] == false);
  CHECK(body["reasons"] == json{"2 slots have no home"});
  CHECK(body["slots"] == json::parse(R"({"total":1024,"owned":512,"withoutHome":2})"));
  REQUIRE(body["nodes"].size() == 3);
  CHECK(body["nodes"][0] == json::parse(R"({"id":"node-1","self":true,"incarnation":5000,"number":11,"address":"10.0.0.1:4001",
    "url":"http://one:3001","version":"1.2.3","linked":null,"registryUp":true,"dead":false,"draining":false,"slots":512,
    "leaseLeftMs":null,"roundTripMs":null,"queuedBytes":0})"));
  CHECK(body["nodes"][1] == json::parse(R"({"id":"node-2","self":false,"incarnation":6000,"number":12,"address":"10.0.0.2:4002",
    "url":null,"version":"1.2.3","linked":true,"registryUp":true,"dead":false,"draining":false,"slots":510,
    "leaseLeftMs":4200,"roundTripMs":0.25,"queuedBytes":17})"));
  CHECK(body["nodes"][2]["dead"] == true);
  CHECK(body["nodes"][2]["roundTripMs"].is_null());
  CHECK(json::parse(node.get("/health").body)["cluster"] == json::parse(R"({"nodes":2,"linked":1,"slots":512})"));
  CHECK(node.get("/api/v1/nodes").status == 401);
}

TEST_CASE("A node of its own lists itself", "[http][cluster]") {
  testing::served node(with_key());
  const auto body = nodes_of(node);
  CHECK(body["clustered"] == false);
  CHECK(body["slots"] == json::parse(R"({"total":1024,"owned":1024,"withoutHome":0})"));
  REQUIRE(body["nodes"].size() == 1);
  CHECK(body["nodes"][0]["id"] == "node-1");
  CHECK(body["nodes"][0]["incarnation"] == 5000);
  CHECK(body["nodes"][0]["registryUp"].is_null());
}

TEST_CASE("Before it looked around a node knows nobody", "[http][cluster]") {
  testing::cluster_sight sight;
  sight.view = nullptr;
  testing::served node(with_key(), "/nonexistent", {}, sight);
  const auto body = nodes_of(node);
  CHECK(body["clustered"] == true);
  CHECK(body["slots"]["owned"] == 0);
  CHECK(body["nodes"].size() == 1);
  CHECK(node.get("/metrics").status == 200);
}

TEST_CASE("The demo page learns which node its socket is on, whoever is asked", "[http][cluster]") {
  testing::cluster_sight sight;
  testing::served node({}, "/nonexistent", {}, sight);
  const auto asked = [&](const std::string& socket) { return json::parse(node.get("/demo/node?socket=" + socket).body); };
  CHECK(asked(socket_on(11)) == json::parse(R"({"node":"node-1","nodes":2})"));
  CHECK(asked(socket_on(12))["node"] == "node-2");
  CHECK(asked(socket_on(13))["node"].is_null()); // dead
  CHECK(asked(socket_on(99))["node"].is_null());
  CHECK(asked("nonsense")["node"].is_null());
  app::config without;
  without.demo.enabled = false;
  CHECK(testing::served(without).get("/demo/node?socket=x").status == 404);
}
