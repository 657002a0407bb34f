#pragma once
// The net part of a node: its shards, and the ports through which the application uses them.

#include "base/error.hpp"
#include "core/limits/address_limiter.hpp"
#include "net/admission.hpp"
#include "net/http/trusted_proxies.hpp"
#include "net/metrics.hpp"
#include "net/options.hpp"
#include "net/stream.hpp"
#include "net/tunnel.hpp"
#include "ports/egress.hpp"
#include "ports/http_handler.hpp"
#include "ports/run_loop.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::net {

class shard;

struct ssl_context_deleter {
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};

/// Life: construct, `set_endpoints`, `start`, `stop_accepting`, `close_sessions`, `stop`. The shards' loops run from
/// `start` to `stop`, so actors pinned to them must be gone before `stop`.
class server final : public ports::egress {
 public:
  explicit server(server_options o);
  ~server() override;

  /// Before `start`. `http` may be null; both must outlive the server.
  void set_endpoints(std::vector<engine_endpoint> endpoints, ports::http_handler* http);
  /// Binds every shard and starts the threads, these also after an error. Gives the port. Errors: `bad_address`, `cannot_listen`,
  /// `bad_tls`.
  result<std::uint16_t> start();
  void stop_accepting();
  /// Tells every client and closes, then waits until all connections are gone or the time is over (then they are cut).
  void close_sessions(engineio::close_reason why, duration at_most);
  void stop();
  /// Any thread, while the shards run: tells about so many clients, spread over the shards, and closes them, as `close_sessions`
  /// does. Official clients connect again by themselves.
  void close_some(std::size_t clients, engineio::close_reason why);
  /// Any thread: handshakes are answered by 503, so that clients go elsewhere; open sessions go on.
  void turn_away(bool on) { turns_away_.store(on, std::memory_order_relaxed); }

  // -- ports::egress
  std::uint16_t shards() const override { return static_cast<std::uint16_t>(shards_.size()); }
  void submit(std::uint16_t shard, ports::egress_op op) override;
  void send_now(session_ref who, frame_ptr what) override;
  void namespace_joined(session_ref who) override;
  void hold(session_ref who) override;
  void release(session_ref who, std::vector<frame_ptr> first, bool keep) override;
  bool writable_now(session_ref who) const override;

  ports::run_loop& loop(std::uint16_t shard);
  shard& shard_at(std::uint16_t n) { return *shards_[n]; }
  const metrics& counters(std::uint16_t shard) const;
  /// Clients of all shards now.
  std::size_t sessions_open() const;
  /// Before `start`: what carries connections to other nodes; may be null, must outlive the server.
  void set_tunnels(tunnels* way) { tunnels_ = way; }
  /// Any thread: serves a connection that another node has tunnelled here. False: limits.max_sockets, and it is closed.
  bool adopt_tunnel(stream client, arrival from);
  bool has_room() const { return sockets_.load(std::memory_order_relaxed) < max_sockets_; }
  std::size_t handshakes_waiting() const { return places_.waiting(); }

  // -- for the shards
  const server_options& options() const { return options_; }
  const std::vector<engine_endpoint>& endpoints() const { return endpoints_; }
  ports::http_handler* http() { return http_; }
  tunnels* tunnelling() { return tunnels_; }
  admission& places() { return places_; }
  const trusted_proxies& proxies() const { return proxies_; }
  bool turns_away() const { return turns_away_.load(std::memory_order_relaxed); }
  bool may_connect(const std::string& address, time_point now);
  ssl_ptr new_tls(int fd);
  bool socket_opened();
  void socket_moved() { sockets_.fetch_add(1, std::memory_order_relaxed); }
  void socket_closed() { sockets_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  result<bool> load_tls();
  result<bool> listen();
  void on_every_shard(const std::function<void(shard&)>& f);

  server_options options_;
  std::vector<engine_endpoint> endpoints_;
  ports::http_handler* http_ = nullptr;
  tunnels* tunnels_ = nullptr;
  std::atomic<bool> turns_away_{false};
  std::atomic<std::uint16_t> next_shard_{0}; ///< for what is tunnelled here
  admission places_;
  trusted_proxies proxies_;
  std::unique_ptr<SSL_CTX, ssl_context_deleter> tls_;
  std::atomic<std::size_t> sockets_{0};
  std::size_t max_sockets_;
  std::mutex limiter_mutex_;
  address_limiter limiter_;
  std::vector<std::unique_ptr<shard>> shards_;
  std::vector<std::thread> threads_;
};

} // namespace troupe::net
