#include "served.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using nlohmann::json;

TEST_CASE("A node is live from the first moment and ready when it is told so", "[http]") {
  testing::served node;
  CHECK(node.get("/live").status == 200);

  auto answer = node.get("/ready");
  CHECK(answer.status == 503);
  CHECK(json::parse(answer.body) ==
        json::parse(R"({"ready":false,"state":"starting","reasons":["the node is starting"]})"));

  node.routes.set_state(app::node_state::ready);
  answer = node.get("/ready");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "application/json");
  CHECK(answer.header("Cache-Control") == "no-store");
  CHECK(json::parse(answer.body) == json::parse(R"({"ready":true,"state":"ready","reasons":[]})"));

  node.routes.set_state(app::node_state::draining);
  answer = node.get("/ready");
  CHECK(answer.status == 503);
  CHECK(json::parse(answer.body)["state"] == "draining");
  CHECK(node.get("/live").status == 200);
}

TEST_CASE("What the node lacks makes it unready, with the reason", "[http]") {
  testing::served node({}, "/nonexistent", [] { return std::vector<std::string>{"the registry is away"}; });
  node.routes.set_state(app::node_state::ready);
  const auto answer = node.get("/ready");
  CHECK(answer.status == 503);
  CHECK(json::parse(answer.body)["reasons"] == json{"the registry is away"});
  CHECK(json::parse(node.get("/health").body)["status"] == "degraded");
}

TEST_CASE("Health is a summary for people", "[http]") {
  app::config c;
  c.limits.max_connections = 77;
  testing::served node(c);
  auto body = json::parse(node.get("/health").body);
  CHECK(body["status"] == "starting");
  node.routes.set_state(app::node_state::ready);
  const auto answer = node.get("/health");
  CHECK(answer.status == 200);
  body = json::parse(answer.body);
  CHECK(body["status"] == "ok");
  CHECK(body["node"] == "node-1");
  CHECK(body["version"] == "1.2.3");
  CHECK(body["uptime"].is_number_integer());
  CHECK(body["connections"] == json::parse(R"({"open":0,"limit":77,"waiting":0})"));
  CHECK(body["cluster"] == json::parse(R"({"nodes":1,"linked":0,"slots":1024})"));
}

TEST_CASE("HEAD gets the head of what GET would get", "[http]") {
  testing::served node;
  const auto text = testing::raw_exchange(node.port, "HEAD /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(text.starts_with("HTTP/1.1 200"));
  CHECK(text.find("Content-Length: 13\r\n") != std::string::npos);
  CHECK(text.ends_with("\r\n\r\n"));
}

TEST_CASE("Other methods and other paths are refused", "[http]") {
  testing::served node;
  testing::http_client client(node.port);
  auto answer = client.request("POST", "/health");
  CHECK(answer.status == 405);
  CHECK(answer.header("Allow") == "GET, HEAD");
  answer = client.request("GET", "/healthy");
  CHECK(answer.status == 404);
  CHECK(json::parse(answer.body)["error"]["code"] == "not_found");
}
