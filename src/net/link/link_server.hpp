#pragma once
// The links of one node to all others: ports::links over TLS connections of our own, on a thread of their own.

#include "base/error.hpp"
#include "base/inbox.hpp"
#include "net/link/link_metrics.hpp"
#include "net/link/link_options.hpp"
#include "net/link/link_tls.hpp"
#include "net/link/peer_link.hpp"
#include "net/link/reach_probe.hpp"
#include "net/link/refusal_log.hpp"
#include "net/link/resolver.hpp"
#include "net/link/tunnel_line.hpp"
#include "net/listener.hpp"
#include "ports/links.hpp"

#include <atomic>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace troupe::net {

/// Of each two nodes the one with the smaller id dials. Life: construct, `listen`, `stop`; events come between the last two.
class link_server final : public ports::links, private peer_link::owner {
 public:
  /// Throws std::runtime_error or std::system_error when the system cannot do TLS or polling.
  link_server(link_options o, ports::link_events& events);
  ~link_server() override;

  /// Starts the thread and listens. `host` is a numeric address. Gives the port (for 0: the one that was taken). Errors:
  /// `bad_address`, `cannot_listen`.
  result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  /// Says goodbye to all peers and ends the thread, in half a second at most.
  void stop();

  /// Takes the connections that other nodes tunnel to this one; false: no room. Before `listen`; called on the links' thread.
  using tunnel_acceptor = std::function<bool(stream client, arrival from)>;
  void serve_tunnels(tunnel_acceptor take, std::function<bool()> has_room);

  // -- ports::links, any thread
  void want(const cluster::link_peer& peer, const std::string& host, std::uint16_t port) override;
  void forget(const std::string& node) override;
  bool send(const std::string& node, std::string bytes) override;

  // -- any thread
  const link_metrics& counters() const { return counters_; }
  std::vector<link_status> status() const;
  const link_options& options() const { return options_; }
  const link_tls& tls() const { return tls_; }
  const cluster::link_hello& hello() const { return hello_; }
  /// Where the node with this number listens for links, if one is up.
  std::optional<link_route> route_to(std::uint16_t number) const;

 private:
  struct outgoing {
    std::shared_ptr<link_slot> slot;
    std::uint64_t generation;
    std::string bytes;
  };
  using task = std::variant<outgoing, std::function<void()>>;

  /// What this node knows of another one, by its id.
  struct peer final : timer_node {
    peer(link_server& h, std::string n) : home(h), node(std::move(n)) {}
    void on_deadline(time_point) override { home.dial(*this); }

    link_server& home;
    std::string node;
    std::shared_ptr<link_slot> slot = std::make_shared<link_slot>();
    cluster::link_peer up_as{};       ///< while a link is up
    bool wanted = false;
    cluster::link_peer expected;
    std::string host;
    std::uint16_t port = 0;
    duration back_off{0};
    time_point up_since{};
    peer_link* dialled = nullptr;     ///< not up yet
    std::uint64_t attempt = 0;        ///< an address that is found for an older one is not used
    std::unique_ptr<reach_probe> probe;///< of a peer that must dial, after its link broke
  };

  // peer_link::owner
  std::optional<cluster::link_refusal> judge(peer_link& who, const cluster::link_hello& theirs) override;
  void on_tunnel(peer_link& who, const cluster::link_hello& theirs) override;
  void on_link_up(peer_link& who) override;
  void on_link_message(peer_link& who, std::string_view bytes) override;
  void on_link_down(peer_link& who, cluster::link_end why) override;
  void on_link_failed(peer_link& who, link_failure why) override;
  void on_link_unfinished(peer_link& who) override { mark_dirty(who); }
  void on_link_over(peer_link& who) override;

  void run();
  std::optional<time_point> next_wake();
  void notice_gap(time_point began, std::optional<time_point> asked);
  void turn();
  void post(task t);
  void carry_out(task& t);
  void send_now(outgoing& o);
  void flush();
  void mark_dirty(peer_link& who);
  void begin_stop();
  void hand_tunnels_over();

  void accept(int fd, std::string address);
  void drop_oldest_half_open();
  peer& peer_of(const std::string& node);
  void want_now(const cluster::link_peer& who, const std::string& host, std::uint16_t port);
  void forget_now(const std::string& node);
  void forget_route(const std::string& node);
  void drop_if_unused(peer& p);
  bool dials(const peer& p) const { return p.wanted && p.node > options_.me.node; }
  void dial(peer& p);
  void dial_address(peer& p, const socket_address& to);
  void dial_later(peer& p);
  void ask_whether_gone(peer& p);
  peer_link& add_link();

  const link_options options_;
  const cluster::link_hello hello_;
  ports::link_events& events_;
  link_tls tls_;
  link_metrics counters_;
  link_loop loop_;
  listener listener_;
  inbox<task> inbox_;
  std::thread thread_;
  std::atomic<bool> stop_asked_{false};
  std::optional<time_point> stop_at_; ///< stopping: when at the latest

  tunnel_acceptor take_tunnel_;
  std::function<bool()> tunnel_room_;
  std::vector<std::pair<peer_link*, arrival>> arrived_; ///< tunnels to be handed over at the end of the turn

  mutable std::shared_mutex slots_mutex_;
  std::map<std::string, std::shared_ptr<link_slot>, std::less<>> slots_; ///< of every peer, for senders

  std::map<std::uint16_t, link_route> routes_; ///< of wanted peers, by number; under the same lock

  std::map<std::string, std::unique_ptr<peer>> peers_;
  std::map<std::string, std::uint64_t> incarnations_; ///< the highest one seen of each node
  std::list<std::unique_ptr<peer_link>> links_;       ///< in the order of their beginning
  std::vector<std::unique_ptr<peer_link>> graveyard_; ///< destroyed at the end of the turn
  std::vector<peer_link*> dirty_;
  std::uint64_t generation_ = 0;
  refusal_log refusals_;
  resolver resolver_;
};

} // namespace troupe::net
