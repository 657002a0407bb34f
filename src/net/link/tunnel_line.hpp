#pragma once
// One tunnel on the side of the client: two connections, and the bytes between them.

#include "core/cluster/link_frames.hpp"
#include "net/link/link_metrics.hpp"
#include "net/link/secure_socket.hpp"
#include "net/tunnel.hpp"

#include <memory>
#include <string>

namespace troupe::net {

/// Where a node's links listen.
struct link_route {
  std::uint16_t number = 0;
  std::string node;
  std::string host;
  std::uint16_t port = 0;
};

/// Written by the tunnels' thread only, except `refused_*` (any thread that asks for a tunnel).
struct tunnel_metrics {
  using counter = metrics::counter;
  counter open{0};
  counter opened{0};
  counter failed{0};          ///< the owner could not be reached, or did not want it
  counter bytes_to_owner{0};
  counter bytes_to_client{0};
  std::atomic<std::uint64_t> refused_full{0};
  std::atomic<std::uint64_t> refused_unknown{0};
};

/// Life: `connect`, TLS and hellos, bytes both ways until both sides have ended. One thread.
class tunnel_line final : private timer_node {
 public:
  class owner {
   public:
    /// The very last: to be destroyed when no call of it is running.
    virtual void on_line_over(tunnel_line& who) = 0;
    virtual bool still_there(const link_route& to) = 0;
    /// There is more to carry without waiting: `carry` is to be called in the next turn.
    virtual void on_unfinished(tunnel_line& who) = 0;

   protected:
    ~owner() = default;
  };

  tunnel_line(link_loop& home, tunnel_metrics& counters, owner& who, tunnel_request r, link_route to)
    : home_(home), counters_(counters), owner_(who), request_(std::move(r)), route_(std::move(to)) {}
  ~tunnel_line() override;
  tunnel_line(const tunnel_line&) = delete;
  tunnel_line& operator=(const tunnel_line&) = delete;

  /// `tls` has the client's role; `hello` is this node's, as a frame.
  void connect(const socket_address& to, ssl_ptr tls, std::string hello);
  /// The owner cannot be reached: the client is told so.
  void fail_unreachable() { fail(request_.unreachable); }
  void carry();
  void cut();

 private:
  /// One of the two connections.
  struct end final : pollable {
    end(tunnel_line& l, stream s) : line(l), connection(std::move(s)) {}
    void on_ready(readiness what) override { line.on_ready(*this, what.broken); }

    tunnel_line& line;
    stream connection;
    std::string out;              ///< waits to be written
    std::size_t written = 0;      ///< of it
    bool input_ended = false;
    bool output_ended = false;
    bool watched = false;
    poller::interest told = poller::interest::none;
    std::size_t waiting() const { return out.size() - written; }
  };
  enum class state : std::uint8_t { connecting, greeting, open, closing, over };

  void fail(const std::string& answer);
  void on_ready(end& at, bool broken);
  void on_deadline(time_point now) override;
  void on_connected();
  void greet();
  void on_answer(const cluster::link_frame& f);
  bool move(end& from, end& to, metrics::counter& counted);
  bool flush(end& to);
  void pass_end(end& from, end& to);
  void watch(end& at);
  void tell_interest(end& at, const end& other);
  void unwatch(end& at);

  link_loop& home_;
  tunnel_metrics& counters_;
  owner& owner_;
  tunnel_request request_;
  link_route route_;
  cluster::frame_reader reader_{cluster::max_hello};
  std::unique_ptr<end> client_;
  std::unique_ptr<end> owner_end_;
  state state_ = state::connecting;
};

} // namespace troupe::net
