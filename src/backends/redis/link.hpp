#pragma once

#include "backends/redis/keeper.hpp"
#include "backends/redis/metrics.hpp"

#include <map>
#include <optional>

namespace troupe::redis {

/// What came back, and from which run of which server.
struct answer {
  redis::reply reply;
  std::string run_id;
};

/// One command on its way through the client.
struct request {
  std::uint64_t number = 0; ///< in the order of the calls
  command parts;
  std::string route;        ///< the key that decides about the node of a Redis Cluster; empty: any node
  time_point deadline{};
  std::size_t bytes = 0;
  int detours = 0;          ///< redirects and lost scripts so far
  std::optional<endpoint> ask_at; ///< whom ASK named: there ASKING goes before it
  std::function<void(result<answer>)> done;
};

/// The commands to one server: they wait here while it is away, and go out in order. Loop thread only.
class link {
 public:
  struct hooks {
    /// A connection came up, before anything was sent; false: what waits is to stay.
    std::function<bool(link&)> up;
    std::function<void(link&)> down; ///< or did not come up
    /// A command has its answer, from Redis or for want of it.
    std::function<void(link&, request&&, result<reply>)> settled;
  };
  link(event_loop& loop, const options& o, tls_context* tls, std::string role, locator where, hooks h);

  void start() { keeper_.start(); }
  /// Everything that waits or is under way is settled with an error.
  void stop();
  void send(request r);
  /// Sends what waits.
  void flush();
  /// What was not sent yet.
  std::deque<request> take_waiting() { return std::exchange(waiting_, {}); }
  bool idle() const { return waiting_.empty() && in_flight_ == 0; }
  std::size_t in_flight() const { return in_flight_; }
  /// nullptr while it is down.
  connection* up() const { return keeper_.up(); }
  /// In hooks.down: a connection has ended, rather than not come up.
  bool was_up() const { return was_up_; }
  const std::string& trouble() const { return keeper_.trouble(); }

 private:
  void write(request r);
  void ended(bool was_up);
  void expire();
  void look_alive();

  event_loop& loop_;
  const options& options_;
  hooks hooks_;
  std::deque<request> waiting_;
  std::map<std::uint64_t, request> sent_;
  std::size_t in_flight_ = 0;
  bool was_up_ = false;
  bool used_ = false; ///< since the last look
  timer expiry_;
  timer pulse_;
  keeper keeper_; ///< the last one: its end settles what was sent
};

} // namespace troupe::redis
