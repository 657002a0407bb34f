// nodes, rooms and drain against a real node.

#include "app/cli/captured.hpp"
#include "app/cli/cli.hpp"
#include "app/cli/table.hpp"
#include "app/http/cluster_sight.hpp"
#include "app/http/served.hpp"
#include "app/node/node.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using nlohmann::json;

namespace {

struct outcome {
  int code = 0;
  std::string out, err;
};

outcome troupe_command(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) {
  outcome o;
  arguments.insert(arguments.begin(), "troupe");
  app_tests::captured out{1}, err{2};
  o.code = app::run_cli(arguments, environment, [](const app::loaded&) { return 7; });
  o.out = out.text();
  o.err = err.text();
  return o;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

app::config with_key() {
  app::config c;
  c.server.host = "127.0.0.1";
  c.server.port = 0;
  c.server.node_id = "alone";
  c.auth.api_keys = {"k"};
  return c;
}

struct running {
  running() {
    log::set_level(log::level::off);
    auto started = app::node::start(with_key());
    REQUIRE(started.has_value());
    node = std::move(*started);
    environment = {{"TROUPE_URL", "http://127.0.0.1:" + std::to_string(node->port())}, {"TROUPE_API_KEY", "k"}};
  }
  std::unique_ptr<app::node> node;
  std::map<std::string, std::string> environment;
};

} // namespace

TEST_CASE("nodes shows the cluster as a table or as it came") {
  testing::cluster_sight sight;
  testing::served node(with_key(), "/nonexistent", [] { return std::vector<std::string>{"it is\x1b[31m red"}; }, sight);
  const auto url = "127.0.0.1:" + std::to_string(node.port);
  const auto o = troupe_command({"nodes", "--url", url, "--key", "k"});
  CHECK(o.err.empty());
  CHECK(o.code == 0);
  CHECK(holds(o.out, "NODE      STATE      SLOTS  ROUND TRIP      LEASE  ADDRESS"));
  CHECK(holds(o.out, "node-1 *  not ready    512           -          -  10.0.0.1:4001  http://one:3001  1.2.3    5000\n"));
  CHECK(holds(o.out, "node-2    ready        510      0.2 ms  4200.0 ms  10.0.0.2:4002  -"));
  CHECK(holds(o.out, "node-3    dead"));
  CHECK(holds(o.out, "2 of 1024 slots have no home"));
  CHECK(holds(o.out, "not ready: it is\\x1b[31m red\n"));
  const auto raw = troupe_command({"nodes", "-j"}, {{"TROUPE_URL", url}, {"TROUPE_API_KEY", "k"}});
  CHECK(json::parse(raw.out)["nodes"].size() == 3);
}

TEST_CASE("rooms lists the rooms of a node") {
  running n;
  CHECK(holds(troupe_command({"rooms"}, n.environment).out, "0 of 0 rooms on this node\n"));
  CHECK(testing::http_client(n.node->port()).request("POST", "/api/v1/publish", R"({"room":"lobby","event":"e"})", {{"X-API-Key", "k"}}).status == 200);
  const auto o = troupe_command({"rooms", "--limit", "5"}, n.environment);
  CHECK(o.code == 0);
  CHECK(holds(o.out, "ROOM   NAMESPACE  MEMBERS  SEQ\nlobby  /                0    1\n"));
  CHECK(troupe_command({"rooms", "--limit", "0"}, n.environment).code == 2);
}

TEST_CASE("drain says what became of it, and can be taken back") {
  running n;
  const auto o = troupe_command({"drain"}, n.environment);
  CHECK(o.code == 1); // a node of its own has nobody to give its rooms to
  CHECK(o.out == "1024 slots left, 0 clients connected\n");
  CHECK(holds(o.err, "no cluster"));
  CHECK(json::parse(troupe_command({"nodes", "--json"}, n.environment).out)["nodes"][0]["draining"] == true);
  CHECK(troupe_command({"drain", "--cancel"}, n.environment).out == "the node takes rooms again\n");
  CHECK(json::parse(troupe_command({"nodes", "--json"}, n.environment).out)["ready"] == true);
  CHECK(troupe_command({"drain", "--cancel", "--no-wait"}, n.environment).code == 2);
}

TEST_CASE("a node that cannot be asked is an error with its reason") {
  running n;
  auto o = troupe_command({"nodes", "--key", "guess"}, n.environment);
  CHECK(o.code == 1);
  CHECK(holds(o.err, "api_key_wrong: "));
  CHECK_FALSE(holds(o.err, "guess"));
  o = troupe_command({"nodes"}, {{"TROUPE_URL", n.environment["TROUPE_URL"]}});
  CHECK(holds(o.err, "api_key_missing: "));
  o = troupe_command({"nodes", "--url", n.environment["TROUPE_URL"] + "/elsewhere"}, n.environment);
  CHECK(holds(o.err, "not_found: "));
  n.node->stop();
  o = troupe_command({"nodes"}, n.environment);
  CHECK(o.code == 1);
  CHECK(holds(o.err, "node_unreachable: http://127.0.0.1:"));
  CHECK(holds(troupe_command({"rooms", "--url", "ftp://x"}).err, "expected an address such as"));
}

TEST_CASE("a table's columns fit what is in them") {
  CHECK(app::table_text({{"NAME", "N>", "LAST"}, {"höher", "7", ""}, {"b\n", "1000", "x"}}) ==
        "NAME      N  LAST\nhöher     7\nb\\n    1000  x\n");
}
