#pragma once
// One I/O thread: its acceptor, connections, sessions, fan-out index, timers and the queue of what others want it to do.

#include "base/inbox.hpp"
#include "core/time/timer_wheel.hpp"
#include "net/connection.hpp"
#include "net/engineio/session.hpp"
#include "net/fanout/index.hpp"
#include "net/fanout/lanes.hpp"
#include "net/fanout/send_ring.hpp"
#include "net/listener.hpp"
#include "net/metrics.hpp"
#include "net/options.hpp"
#include "net/poller.hpp"
#include "ports/egress.hpp"
#include "ports/run_loop.hpp"

#include <atomic>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace troupe::net {

class server;

/// Everything without a note below is for the shard's own thread.
///
/// A turn: sockets that are ready, timers that are due and the inbox queue work; then tasks run and operations are carried out,
/// and last every connection that got something is written to once. So what came together leaves together, and nothing waits
/// for more to come.
class shard final : public ports::run_loop {
 public:
  shard(server& owner, std::uint16_t number);
  ~shard() override;

  // -- any thread
  void post(std::function<void()> f) override;
  bool on_this_thread() const override { return std::this_thread::get_id() == thread_id_.load(std::memory_order_relaxed); }
  void submit(ports::egress_op&& op);
  std::uint16_t number() const { return number_; }
  const metrics& counters() const { return metrics_; }

  // -- life
  /// Binds; errors name address and port. Gives the port (for 0: the one that was taken).
  result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void run();
  void stop_accepting();
  /// Ends every session (polling clients and WebSockets are told) and every idle HTTP connection.
  void close_all(engineio::close_reason why);
  /// Of the sessions, so many, in the order of the table.
  void close_some(std::size_t clients, engineio::close_reason why);
  bool idle() const { return connections_.empty(); }
  void abort_all();
  void stop();

  // -- services for connections and sessions
  server& owner() { return owner_; }
  const server_options& options() const;
  metrics& counters() { return metrics_; }
  timer_wheel& wheel() { return wheel_; }
  poller& readiness() { return poller_; }
  lanes& open_lanes() { return lanes_; }
  /// When this turn began.
  time_point now() const { return now_; }
  std::span<char> read_buffer() { return read_buffer_; }
  const frame_ptr& ping_frame() const { return ping_frame_; }
  void mark_dirty(boost::intrusive_ptr<connection> c);
  void mark_dirty(session_ref ref);
  void reply_with_cors(connection& c, http_reply r);
  void track(connection& c);
  void untrack(connection& c);
  /// Moves a connection, with what it has received so far, to the shard that owns its session.
  void hand_over(connection& c, stream s, std::uint16_t to);

  /// Serves a connection that began elsewhere; the server has counted it.
  void adopt(stream s, arrival from, std::string received);

  // -- sessions
  /// Null when the table is full (2^24 sessions).
  session* create_session(const engine_endpoint& at, engineio::transport first, admission::permit place);
  /// The session with exactly this sid, open or saying farewell; what is due on it has been applied.
  session* find_session(std::string_view sid);
  session* find_session(session_ref ref);
  void session_closed(session& s, engineio::close_reason why, bool was_websocket);
  /// Takes it out of the table; it is destroyed at the end of the turn.
  void forget(session& s);

 private:
  using task = std::variant<std::function<void()>, ports::egress_op>;
  void take(task&& t);
  void drain_inbox();
  struct slot {
    std::unique_ptr<session> who;
    std::uint32_t generation = 0;
  };

  void accept(int fd, std::string peer);
  std::optional<time_point> next_wake();
  void turn();
  void run_tasks();
  void flush();
  void flush(std::span<const boost::intrusive_ptr<connection>> some);
  void carry_out(ports::egress_op& op);
  void fan_out(const ports::target& to, const outbound_ptr& what, const std::function<void(std::size_t)>& counted);
  void fan_out_room(const ports::fan_out_room& f);
  template<class F>
  std::size_t for_each(const ports::target& to, F&& f);
  const frame_ptr& frame_for(const session& s, const outbound& what, frame_ptr& msgpack);
  void count_broadcasts();
  void send_through_lane(int fd, std::uint32_t at, const frame_ptr& f);
  void finish_batch(const frame_ptr& f);
  void on_sent(std::uint32_t at, const frame_ptr& f, std::int64_t result);

  server& owner_;
  std::uint16_t number_;
  std::atomic<std::thread::id> thread_id_{};
  std::atomic<bool> stopped_{false};
  metrics metrics_;
  poller poller_;
  time_point now_ = clock::now();
  timer_wheel wheel_{now_};
  listener listener_;
  frame_ptr ping_frame_;
  std::vector<char> read_buffer_;

  std::vector<boost::intrusive_ptr<connection>> connections_; ///< order has no meaning; connection knows its place
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::size_t close_from_ = 0;                   ///< slot at which `close_some` goes on
  std::vector<std::unique_ptr<session>> graveyard_;
  fanout_index index_;
  recovery::journal journal_;
  lanes lanes_;
  send_ring ring_;
  std::vector<std::uint32_t> stamps_;            ///< per slot: the last selection that has seen it
  std::uint32_t stamp_ = 0;

  std::vector<task> local_;                      ///< this turn's work, in order
  std::vector<task> working_;                    ///< the round of it that is being done; kept for its memory
  std::vector<boost::intrusive_ptr<connection>> dirty_connections_;
  std::vector<boost::intrusive_ptr<connection>> flushing_; ///< kept for its memory, too
  std::vector<session_ref> dirty_sessions_;
  inbox<task> inbox_;                            ///< from other threads
};

} // namespace troupe::net
