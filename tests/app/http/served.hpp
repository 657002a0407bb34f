#pragma once
// The HTTP routes behind a real server on loopback.

#include "actors/metrics.hpp"
#include "app/http/http_routes.hpp"
#include "base/log.hpp"
#include "net/client.hpp"
#include "net/server.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <string>

namespace troupe::testing {

/// Pages, metrics and the API, with no Engine.IO and no actors behind them.
struct served {
  explicit served(app::config c = {}, const std::filesystem::path& share = "/nonexistent",
                  std::function<std::vector<std::string>()> not_ready = {},
                  std::function<app::cluster_facts()> cluster = {}, std::function<app::history_facts()> history = {})
    : settings(quiet(std::move(c))), server(options()),
      routes({.settings = settings, .server = server, .counts = counts, .node_id = "node-1", .version = "1.2.3",
              .not_ready = std::move(not_ready), .cluster = std::move(cluster), .history = std::move(history), .self = {11, 5'000}, .share_dir = share}) {
    server.set_endpoints({}, &routes);
    const auto started = server.start();
    REQUIRE(started.has_value());
    port = *started;
  }
  ~served() { server.stop(); }

  http_answer get(const std::string& target, std::vector<std::pair<std::string, std::string>> headers = {}) const {
    return http_client(port).request("GET", target, {}, std::move(headers));
  }

  const app::config settings;
  actors::metrics counts;
  net::server server;
  app::http_routes routes;
  unsigned short port = 0;

 private:
  static app::config quiet(app::config c) {
    log::set_level(log::level::off);
    return c;
  }
  static net::server_options options() {
    net::server_options o;
    o.host = "127.0.0.1";
    o.port = 0;
    o.shards = 2;
    return o;
  }
};

} // namespace troupe::testing
