#include "app/temporary_dir.hpp"
#include "backends/postgres/metrics.hpp"
#include "cluster_sight.hpp"
#include "served.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <sstream>

using namespace troupe;
using nlohmann::json;

namespace {

struct described {
  std::string type;
  std::set<std::string> labels;
  bool operator==(const described&) const = default;
};
using families = std::map<std::string, described>;

std::set<std::string> label_names(const std::string& sample) {
  std::set<std::string> names;
  const auto open = sample.find('{');
  for (auto at = open; at != std::string::npos && at < sample.find('}');) {
    const auto equals = sample.find("=\"", at + 1);
    if (equals == std::string::npos)
      break;
    names.insert(sample.substr(at + 1, equals - at - 1));
    at = sample.find(',', sample.find('"', equals + 2));
  }
  return names;
}

/// What a scrape shows: type and labels by family.
families scraped(const std::string& text) {
  families found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const auto end = line.find(' ', 7);
      found[line.substr(7, end - 7)].type = line.substr(end + 1);
    } else if (!line.starts_with('#')) {
      found.at(line.substr(0, line.find_first_of("{ "))).labels.merge(label_names(line));
    }
  }
  return found;
}

std::vector<std::string> cells(const std::string& row) {
  std::vector<std::string> out;
  std::istringstream in(row.substr(row.starts_with('|') ? 1 : 0));
  for (std::string cell; std::getline(in, cell, '|');) {
    std::erase_if(cell, [](char c) { return c == '`'; });
    const auto from = cell.find_first_not_of(' ');
    out.push_back(from == std::string::npos ? "" : cell.substr(from, cell.find_last_not_of(' ') - from + 1));
  }
  return out;
}

/// The rows of docs/metrics.md: name, type, labels, meaning.
families documented() {
  std::ifstream in(app_tests::repository_file("docs/metrics.md"));
  REQUIRE(in);
  families found;
  for (std::string line; std::getline(in, line);) {
    const auto c = cells(line);
    if (!line.starts_with("| `troupe_") || c.size() < 4) // the table of alerts has two columns
      continue;
    CHECK_FALSE(c[3].empty());
    described d{c[1], {}};
    std::istringstream labels(c[2]);
    for (std::string name; std::getline(labels >> std::ws, name, ',');)
      d.labels.insert(name);
    CHECK(found.emplace(c[0], d).second);
  }
  return found;
}

std::string value_of(const std::string& text, const std::string& sample) {
  const auto at = text.find("\n" + sample + " ");
  if (at == std::string::npos)
    return "absent";
  const auto from = at + sample.size() + 2;
  return text.substr(from, text.find('\n', from) - from);
}

} // namespace

TEST_CASE("docs/metrics.md and a scrape agree", "[http]") {
  testing::cluster_sight sight;
  const postgres::metrics history;
  testing::served node({}, "/nonexistent", {}, sight, [&] { return app::history_facts{&history, true}; });
  node.counts.refusals.add("rate_limited");
  node.counts.not_recovered.add("session_unknown");
  node.get("/live");
  const auto answer = node.get("/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  const auto seen = scraped(answer.body);
  const auto told = documented();
  CHECK(seen.size() > 120);
  for (const auto& [name, d] : seen) {
    INFO(name);
    const auto row = told.find(name);
    REQUIRE(row != told.end());
    CHECK(row->second.type == d.type);
    CHECK(row->second.labels == d.labels);
    CHECK(name.ends_with("_total") == (d.type == "counter"));
  }
  for (const auto& [name, d] : told) {
    INFO(name);
    CHECK(seen.contains(name));
  }
}

TEST_CASE("Metrics are the counters themselves, at the time of the scrape", "[http]") {
  testing::served node;
  node.counts.rooms.add(3);
  node.counts.published.add(12);
  node.counts.refusals.add("not_in_room");
  node.counts.refusals.add("not_in_room");
  auto text = node.get("/metrics").body;
  CHECK(value_of(text, "troupe_rooms") == "3");
  CHECK(value_of(text, "troupe_published_total") == "12");
  CHECK(value_of(text, "troupe_refusals_total{code=\"not_in_room\"}") == "2");
  CHECK(value_of(text, "troupe_info{node=\"node-1\",version=\"1.2.3\"}") == "1");
  CHECK(value_of(text, "troupe_ready") == "0");
  CHECK(value_of(text, "troupe_sessions{shard=\"1\",transport=\"websocket\"}") == "0");
  CHECK(value_of(text, "troupe_sessions_closed_total{shard=\"0\",reason=\"ping timeout\"}") == "0");
  CHECK(std::stod(value_of(text, "troupe_process_resident_memory_bytes")) > 1e6);
  CHECK(std::stod(value_of(text, "troupe_process_open_fds")) > 5);
  CHECK(value_of(text, "troupe_http_answers_total{code=\"404\"}") == "absent");

  node.counts.rooms.sub(1);
  node.routes.set_state(app::node_state::ready);
  node.get("/nowhere");
  text = node.get("/metrics").body;
  CHECK(value_of(text, "troupe_rooms") == "2");
  CHECK(value_of(text, "troupe_ready") == "1");
  CHECK(value_of(text, "troupe_http_answers_total{code=\"404\"}") == "1");
}

TEST_CASE("A clustered node's scrape has what it and its links, tunnels and Redis count", "[http]") {
  testing::cluster_sight sight;
  testing::served node({}, "/nonexistent", {}, sight);
  node.counts.replicas.diverged.add(1);
  sight.links.ended[2] = 4;
  sight.links.refused[static_cast<std::size_t>(cluster::link_refusal::wrong_secret)] = 5;
  sight.tunnels.open = 6;
  sight.store.timeouts = 7;
  const auto text = node.get("/metrics").body;
  CHECK(value_of(text, "troupe_cluster_nodes") == "2");
  CHECK(value_of(text, "troupe_cluster_nodes_linked") == "1");
  CHECK(value_of(text, "troupe_cluster_slots_owned") == "512");
  CHECK(value_of(text, "troupe_cluster_slots_without_home") == "2");
  CHECK(value_of(text, "troupe_cluster_registry_up") == "1");
  CHECK(value_of(text, "troupe_cluster_takeovers_total") == "3");
  CHECK(value_of(text, "troupe_replica_diverged_total") == "1");
  CHECK(value_of(text, "troupe_links_ended_total{reason=\"silent\"}") == "4");
  CHECK(value_of(text, "troupe_link_refused_total{reason=\"wrong_secret\"}") == "5");
  CHECK(value_of(text, "troupe_tunnels") == "6");
  CHECK(value_of(text, "troupe_redis_up") == "1");
  CHECK(value_of(text, "troupe_redis_commands_timed_out_total") == "7");
  CHECK(json::parse(node.get("/metrics?format=json").body)["redisConnected"] == true);
  CHECK(value_of(testing::served().get("/metrics").body, "troupe_cluster_nodes") == "absent");
}

TEST_CASE("The JSON form has the documented fields", "[http]") {
  testing::served node;
  node.counts.sockets.add(5);
  node.counts.rooms.add(2);
  const auto answer = node.get("/metrics?format=json");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "application/json");
  const auto body = json::parse(answer.body);
  CHECK(body["socketConnections"] == 5);
  CHECK(body["redisConnected"] == false);
  CHECK(body["kafkaConnected"] == false);
  CHECK(body["totalConnections"] == 0);
  CHECK(body["rooms"] == 2);
  CHECK(body["uptime"].is_number_integer());
  CHECK(body["memory"]["rss"].get<std::uint64_t>() > 1'000'000);
  CHECK(body.size() == 7);
  CHECK(node.get("/metrics?format=xml").status == 400);
}

TEST_CASE("Metrics can be switched off or put behind a key", "[http]") {
  app::config c;
  c.metrics.enabled = false;
  CHECK(testing::served(c).get("/metrics").status == 404);

  c.metrics = {.enabled = true, .require_api_key = true};
  CHECK(testing::served(c).get("/metrics").status == 403);
  c.auth.api_keys = {"scraper"};
  testing::served node(c);
  CHECK(node.get("/metrics").status == 401);
  CHECK(node.get("/metrics", {{"X-API-Key", "guess"}}).status == 403);
  CHECK(node.get("/metrics", {{"Authorization", "Bearer scraper"}}).status == 200);
  CHECK(node.get("/health").status == 200);
}
