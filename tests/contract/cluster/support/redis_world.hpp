#pragma once

#include "ask.hpp"
#include "backends/redis/redis_bus.hpp"
#include "backends/redis/redis_public_keys.hpp"
#include "backends/redis/redis_registry.hpp"
#include "backends/redis/redis_room_log.hpp"
#include "base/log.hpp"
#include "redis_process.hpp"

#include <charconv>

namespace cluster_tests {

inline std::uint16_t slot_of(std::string_view room) {
  return static_cast<std::uint16_t>(room.size() % 64);
}

inline redis::options options_for(redis::endpoint server) {
  redis::options o;
  o.server = std::move(server);
  o.timeout = 1'500ms;
  o.connect_timeout = 1'500ms;
  o.reconnect_min = 20ms;
  o.reconnect_max = 200ms;
  return o;
}

inline std::shared_ptr<redis::client> connect(redis::options o) {
  static const bool quiet = (log::set_level(log::level::off), true);
  static_cast<void>(quiet);
  auto made = redis::client::make(std::move(o));
  REQUIRE(made);
  return *made;
}

inline result<redis::answer> send(redis::client& c, redis::command parts, const std::string& route = {}) {
  return ask<redis::answer>([&](auto done) { c.send(std::move(parts), route, done); });
}

/// The suites on a real Redis; each object with a client of its own, as each node has one.
class redis_world {
 public:
  static constexpr std::size_t log_slack = 200;

  std::unique_ptr<ports::registry> registry(std::size_t slots = 64) {
    return std::make_unique<redis::redis_registry>(client(), "test", slots);
  }
  std::unique_ptr<ports::room_log> log() { return std::make_unique<redis::redis_room_log>(client(), "test", slot_of); }
  std::unique_ptr<ports::public_keys> keys() { return std::make_unique<redis::redis_public_keys>(client(), "troupe:te*st:"); }
  std::unique_ptr<ports::bus> bus() { return std::make_unique<redis::redis_bus>(client(), "test"); }

  void pass(duration d) { std::this_thread::sleep_for(d); } // the time of a lease is Redis's own
  void go_away() { server_.kill(); }
  void come_back() { server_.start(); }
  void restart(bool keep_data) { server_.restart(keep_data); }

  std::shared_ptr<redis::client> client() { return connect(options_for(server_.where())); }
  redis_process& server() { return server_; }

 private:
  redis_process server_;
};

} // namespace cluster_tests
