#pragma once
// One connection between two nodes, from its first byte to its last.

#include "core/cluster/link_frames.hpp"
#include "net/link/link_options.hpp"
#include "net/link/link_outbox.hpp"
#include "net/link/secure_socket.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace troupe::net {

class link_tls;
class peer_link;

/// What threads that send know of a peer.
struct link_slot {
  std::atomic<std::uint64_t> generation{0};    ///< of the link that is up; 0: none is
  std::atomic<std::size_t> queued{0};          ///< bytes on their way to the link's thread or waiting there
  std::atomic<bool> overflowed{false};
  std::atomic<std::uint64_t> round_trip_us{0}; ///< the last one measured
  peer_link* link = nullptr;                   ///< the link's thread only
};

/// How a connection's attempt to become a link failed.
struct link_failure {
  enum class what {
    nobody,      ///< the address refuses connections
    unreachable, ///< no connection, or one that ended without a word
    silent,      ///< somebody connected and went without a byte, to see whether this node listens
    refused,     ///< this node did not want the peer
    refused_us   ///< the peer did not want this node
  };
  what how;
  cluster::link_refusal why{};
};

/// Life: `dial` or `accept`; TLS; hellos; up; over. One thread.
class peer_link final : private secure_socket::user, private timer_node {
 public:
  class owner {
   public:
    /// The peer has presented itself: nothing, if it is wanted.
    virtual std::optional<cluster::link_refusal> judge(peer_link& who, const cluster::link_hello& theirs) = 0;
    /// It brings a client's connection, which is to be taken by `release` when no call of this is running.
    virtual void on_tunnel(peer_link& who, const cluster::link_hello& theirs) = 0;
    virtual void on_link_up(peer_link& who) = 0;
    virtual void on_link_message(peer_link& who, std::string_view bytes) = 0;
    /// A link that was up is so no longer.
    virtual void on_link_down(peer_link& who, cluster::link_end why) = 0;
    /// It never came up.
    virtual void on_link_failed(peer_link& who, link_failure why) = 0;
    /// There is more to send, and the kernel would take it: `pump` is to be called in the next turn.
    virtual void on_link_unfinished(peer_link& who) = 0;
    /// The very last: it may be destroyed when no call of it is running.
    virtual void on_link_over(peer_link& who) = 0;

   protected:
    ~owner() = default;
  };

  peer_link(link_loop& home, link_metrics& counters, const link_options& options, const cluster::link_hello& hello, owner& who)
    : home_(home), counters_(counters), options_(options), hello_(hello), owner_(who), reader_(cluster::max_hello) {}
  ~peer_link() override;

  void dial(const link_tls& tls, const socket_address& to, std::string node, std::string address);
  void accept(const link_tls& tls, int fd, std::string address);

  /// While it is up. The bytes were counted in the slot already.
  void queue(std::string message);
  /// Hands the kernel what it takes; what is too much for one turn is reported as unfinished.
  void pump();
  /// Says goodbye behind everything queued.
  void leave();
  /// Ends a link that is up without a word.
  void end(cluster::link_end why);
  /// Refuses a connection that is not up; a peer that is known is told.
  void refuse(cluster::link_refusal why);
  /// The connection of a tunnel; the link is over.
  stream release();
  /// Ends whatever it is at once, and says nothing to the owner.
  void cut();
  /// This thread had no CPU: the peer is not to blame for silence until now.
  void forgive();

  bool up() const { return state_ == state::up; }
  bool over() const { return state_ == state::over; }
  bool accepted() const { return accepted_; }
  bool presented() const { return state_ != state::connecting && state_ != state::securing && state_ != state::greeting; }
  /// Who it is, or (before it has presented itself) who it should be.
  const cluster::link_peer& peer() const { return peer_; }
  const std::string& address() const { return address_; }

  std::shared_ptr<link_slot> slot; ///< the owner's; set before it is up
  bool dirty = false;              ///< the owner's: it is to be pumped at the end of the turn

 private:
  enum class state : std::uint8_t { connecting, securing, greeting, up, tunnel, leaving, over };

  void on_secured() override;
  void on_plain(std::string_view bytes) override;
  void on_drained() override;
  void on_lost(secure_socket::loss why) override;
  void on_deadline(time_point now) override;

  bool on_frame(const cluster::link_frame& f);
  bool on_hello(std::string_view content);
  void become_tunnel(const cluster::link_hello& theirs);
  void on_refused(std::string_view content);
  void on_pong(std::string_view content);
  void on_lost_before_up(secure_socket::loss why);
  void beat(time_point now);
  void urgent(cluster::frame_kind kind, std::string_view content);
  void fail(link_failure why);
  void begin_leaving();
  void finish();
  void drop_queue();

  link_loop& home_;
  link_metrics& counters_;
  const link_options& options_;
  const cluster::link_hello& hello_;
  owner& owner_;
  std::unique_ptr<secure_socket> socket_;
  state state_ = state::connecting;
  bool accepted_ = false;
  bool finished_ = false;
  cluster::link_peer peer_;
  std::string address_;
  cluster::frame_reader reader_;
  link_outbox out_;
  std::uint64_t ping_ = 0; ///< number of the last one
  time_point pinged_at_{};
  bool ping_open_ = false; ///< it is not answered yet
};

} // namespace troupe::net
