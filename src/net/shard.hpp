#pragma once
// One I/O thread: its acceptor, connections, sessions, fan-out index, timers and the queue of what others want it to do.

#include "core/time/timer_wheel.hpp"
#include "net/connection.hpp"
#include "net/engineio/session.hpp"
#include "net/fanout/index.hpp"
#include "net/metrics.hpp"
#include "net/options.hpp"
#include "ports/egress.hpp"
#include "ports/run_loop.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace troupe::net {

class server;

/// Everything without a note below is for the shard's own thread.
///
/// A turn: whatever woke the thread (sockets, timers, the inbox) queues work; at the end of the turn tasks run, operations are
/// carried out and every connection that got something is written to once. So what came together leaves together, and
/// nothing waits for more to come.
class shard final : public ports::run_loop {
 public:
  shard(server& owner, std::uint16_t number);
  ~shard() override;

  // -- any thread
  void post(std::function<void()> f) override;
  bool on_this_thread() const override { return std::this_thread::get_id() == thread_id_.load(std::memory_order_relaxed); }
  void submit(ports::egress_op op);
  std::uint16_t number() const { return number_; }
  const metrics& counters() const { return metrics_; }

  // -- life
  /// Binds; errors name address and port. Gives the port (for 0: the one that was taken).
  result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void run();
  void stop_accepting();
  /// Ends every session (polling clients and WebSockets are told) and every idle HTTP connection.
  void close_all(engineio::close_reason why);
  bool idle() const { return connections_.empty(); }
  void abort_all();
  void stop();

  // -- services for connections and sessions
  server& owner() { return owner_; }
  const server_options& options() const;
  metrics& counters() { return metrics_; }
  timer_wheel& wheel() { return wheel_; }
  time_point now() const { return clock::now(); }
  std::span<char> read_buffer() { return read_buffer_; }
  const frame_ptr& ping_frame() const { return ping_frame_; }
  void mark_dirty(boost::intrusive_ptr<connection> c);
  void mark_dirty(session_ref ref);
  void reply_with_cors(connection& c, http_reply r);
  void track(connection& c);
  void untrack(connection& c);
  /// Moves a connection, with what it has received so far, to the shard that owns its session.
  void hand_over(connection& c, stream::detached s, std::uint16_t to);

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
  struct slot {
    std::unique_ptr<session> who;
    std::uint32_t generation = 0;
  };

  void accept();
  void accept_some();
  void adopt(stream::detached s, std::string peer, std::string received);
  void schedule_turn();
  void take_inbox();
  void end_turn();
  void tick();
  void carry_out(ports::egress_op& op);
  void fan_out(const ports::target& to, const outbound_ptr& what, const std::function<void(std::size_t)>& counted);
  void fan_out_room(const ports::fan_out_room& f);
  template<class F>
  std::size_t for_each(const ports::target& to, F&& f);
  void deliver(session& s, const outbound& what, frame_ptr& msgpack);

  server& owner_;
  std::uint16_t number_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::atomic<std::thread::id> thread_id_{};
  std::optional<boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>> acceptor_;
  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::io_context::executor_type> ticker_{io_};
  timer_wheel wheel_{clock::now()};
  metrics metrics_;
  frame_ptr ping_frame_;
  std::vector<char> read_buffer_;

  std::vector<connection*> connections_;         ///< order has no meaning; connection knows its place
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::unique_ptr<session>> graveyard_;
  fanout_index index_;
  std::vector<std::uint32_t> stamps_;            ///< per slot: the last selection that has seen it
  std::uint32_t stamp_ = 0;

  std::vector<task> local_;                      ///< this turn's work, in order
  std::vector<boost::intrusive_ptr<connection>> dirty_connections_;
  std::vector<session_ref> dirty_sessions_;
  bool turn_scheduled_ = false;

  std::mutex inbox_mutex_;
  std::vector<task> inbox_;                      ///< from other threads
};

} // namespace troupe::net
