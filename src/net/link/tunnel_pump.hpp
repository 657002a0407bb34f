#pragma once
// Carries clients' connections to the nodes that own their sessions, over TLS of their own, on a thread of its own: bulk for one
// client never stands before the messages between nodes.

#include "base/inbox.hpp"
#include "net/link/link_server.hpp"
#include "net/link/tunnel_line.hpp"
#include "net/tunnel.hpp"

#include <atomic>
#include <list>
#include <memory>
#include <thread>

namespace troupe::net {

/// Life: construct, `start`, `stop`. The links must outlive it, and be asked to serve tunnels themselves (`serve_tunnels`).
class tunnel_pump final : public tunnels, private tunnel_line::owner {
 public:
  tunnel_pump(link_server& links, std::size_t max_tunnels) : links_(links), max_(max_tunnels) {}
  ~tunnel_pump() override { stop(); }

  void start();
  /// Cuts all tunnels.
  void stop();

  verdict take(tunnel_request& r) override;
  const tunnel_metrics& counters() const { return counters_; }

 private:
  struct passenger {
    tunnel_request request;
    link_route route;
  };
  using task = std::variant<std::unique_ptr<passenger>, std::function<void()>>;

  void on_line_over(tunnel_line& who) override;
  bool still_there(const link_route& to) override { return links_.route_to(to.number).has_value(); }
  void on_unfinished(tunnel_line& who) override { unfinished_.push_back(&who); }

  void run();
  std::optional<time_point> next_wake();
  void post(task t);
  void begin(passenger& p);

  link_server& links_;
  const std::size_t max_;
  std::atomic<std::size_t> open_{0};
  tunnel_metrics counters_;
  link_loop loop_;
  inbox<task> inbox_;
  std::atomic<bool> stopped_{false};
  std::list<std::unique_ptr<tunnel_line>> lines_;
  std::vector<std::unique_ptr<tunnel_line>> graveyard_;
  std::vector<tunnel_line*> unfinished_;
  resolver resolver_;
  std::thread thread_;
};

} // namespace troupe::net
