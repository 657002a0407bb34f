#pragma once
// One Engine.IO session: the shell around heartbeat and transport_state, with the connections that serve it now.

#include "core/engineio/heartbeat.hpp"
#include "core/engineio/payload.hpp"
#include "core/engineio/transport_state.hpp"
#include "core/session_ref.hpp"
#include "core/socketio/decoder.hpp"
#include "core/time/timer_wheel.hpp"
#include "net/admission.hpp"
#include "net/connection.hpp"
#include "net/engineio/poll_queue.hpp"
#include "net/options.hpp"
#include "ports/session_sink.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe::net {

/// Lives in its shard's table, on the shard's thread. After `close` it may stay for a while to tell a polling client.
class session final : private timer_node {
 public:
  session(shard& home, const engine_endpoint& at, session_ref ref, std::string sid, engineio::transport first,
          admission::permit place);
  ~session() override;

  /// Makes the application's end and queues the open packet. The transport must be attached already for WebSocket.
  void open(engineio::handshake_ptr shake);

  session_ref ref() const { return ref_; }
  const std::string& sid() const { return sid_; }
  const engine_endpoint& endpoint() const { return at_; }
  engineio::transport_state& transport() { return transport_; }
  bool closed() const { return closed_; }
  /// Which Socket.IO parser the client uses: its first message tells.
  socketio::parser format() const { return format_; }

  /// The client cannot take binary frames (`b64=1`): they go out as text, `b` and base64.
  void text_only() { text_only_ = true; }
  /// To the client, in order. Volatile frames are dropped when the transport is not writable or the queue is filling.
  void push(frame_ptr f);
  /// The same for a frame of which the first `written` bytes went through the session's lane.
  void push_rest(frame_ptr f, std::size_t written);
  bool writable_now() const;
  /// Keeps back whatever comes until as many `release`s, each of which puts `first` before it (and without `keep` drops the rest). Counts
  /// as queued.
  void hold();
  void release(std::vector<frame_ptr> first, bool keep);
  void namespace_joined();
  void control(const ports::control& c);

  void attach_websocket(connection& c);
  void attach_probe(connection& c);
  void attach_get(connection& c);
  void attach_post(connection& c);

  /// A complete POST body.
  void on_post(connection& c, std::string_view body);
  void on_post_refused(connection& c);
  void on_overlapping_get(connection& second);
  void on_overlapping_post(connection& second);
  /// A message frame on the session's WebSocket or its probe.
  void on_websocket_message(connection& c, std::string_view bytes, bool binary);
  void on_connection_lost(connection& c, engineio::close_reason why);

  /// Applies what is due by now (lookups call it first: a session that is late is gone, whatever the wheel's tick).
  void on_time(time_point now);
  /// Answers the pending GET if there is something to say. Called at the end of the shard's turn.
  void flush_poll();
  /// What the probe has sent so far counts before a polling request that came after it.
  void read_probe();

  /// Ends the session. `by_server`: the client is told by the transport's own means.
  void close(engineio::close_reason why, bool by_server = true);
  /// The last answer to a polling client after `close`; true when it was given.
  bool answer_farewell(connection& get);

 private:
  void on_deadline(time_point now) override { on_time(now); }
  void reschedule();
  void on_packet(const engineio::packet& p);
  void on_close_packet();
  void on_probe_packet(connection& c, std::string_view text);
  void switch_over(connection& c);
  void end_probe();
  /// The client switched before it could know of the end: what waits for it goes to where it listens now.
  void answer_late_upgrade(std::string_view packet);
  void answer_get(std::string_view payload);
  void answer_get_with_queue();
  void drop_connection(connection*& c);
  void bound_queue();
  void allow_lane();
  void pass_on(frame_ptr f);
  void hold_back(frame_ptr f);
  std::size_t queued_bytes() const;
  time_point next_deadline() const;

  // What every delivery looks at stands together.
  shard& shard_;
  connection* websocket_ = nullptr;
  session_ref ref_;
  socketio::parser format_ = socketio::parser::json;
  bool first_message_seen_ = false;
  bool closed_ = false;
  bool doomed_ = false; ///< a slow reader, to be closed at the end of the turn
  bool text_only_ = false;
  bool dirty_ = false;
  bool said_goodbye_ = false; ///< the client closed by packet while polling

  struct held_back {
    std::vector<frame_ptr> frames;
    std::size_t bytes = 0;
    unsigned holds = 0;
  };
  std::unique_ptr<held_back> held_;

  const engine_endpoint& at_;
  std::string sid_;
  std::unique_ptr<ports::session_sink> sink_;
  admission::permit place_;
  engineio::transport_state transport_;
  engineio::heartbeat heartbeat_;
  poll_queue queue_;             ///< while polling
  connection* probe_ = nullptr;
  connection* get_ = nullptr;
  connection* post_ = nullptr;
  time_point connect_deadline_ = time_point::max();
  time_point upgrade_deadline_ = time_point::max();
  time_point next_noop_ = time_point::max();
  time_point farewell_deadline_ = time_point::max(); ///< closed, waiting for a GET that can be told
};

} // namespace troupe::net
