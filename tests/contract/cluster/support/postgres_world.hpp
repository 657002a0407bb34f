#pragma once

#include "ask.hpp"
#include "backends/postgres/postgres_room_log.hpp"
#include "base/log.hpp"
#include "postgres_process.hpp"

#include <atomic>

namespace cluster_tests {

/// One server for all tests, made when the first needs it: making one takes seconds. Tests have clusters of their own.
inline postgres_process& postgres_server() {
  static postgres_process server;
  if (!server.runs())
    server.start();
  return server;
}

inline postgres::options postgres_options(std::string url, std::string cluster) {
  static const bool quiet = (log::set_level(log::level::off), true);
  static_cast<void>(quiet);
  postgres::options o;
  o.url = std::move(url);
  o.cluster = std::move(cluster);
  o.timeout = 1'500ms;
  o.connect_timeout = 3'000ms;
  o.reconnect_min = 20ms;
  o.reconnect_max = 200ms;
  o.sweep_every = 50ms;
  return o;
}

/// The suites on a real PostgreSQL; each object with a connection of its own, as each node has one. It keeps logs only.
class postgres_world {
 public:
  static constexpr std::size_t log_slack = 100;

  std::unique_ptr<postgres::postgres_room_log> log() {
    return std::make_unique<postgres::postgres_room_log>(postgres_options(server_.url(), cluster_));
  }

  void pass(duration d) { std::this_thread::sleep_for(d); } // the time of a log is PostgreSQL's own
  void go_away() { server_.kill(); }
  void come_back() { server_.start(); }

  postgres_process& server() { return server_; }
  const std::string& cluster() const { return cluster_; }

 private:
  static std::string next_cluster() {
    static std::atomic<int> n{0};
    return "test-" + std::to_string(++n);
  }
  postgres_process& server_ = postgres_server();
  const std::string cluster_ = next_cluster();
};

} // namespace cluster_tests
