#pragma once
// One TCP connection: HTTP requests one after another, or a WebSocket.

#include "core/time/timer_wheel.hpp"
#include "core/ws/frame_reader.hpp"
#include "net/http/exchange.hpp"
#include "net/outbox.hpp"
#include "net/poller.hpp"
#include "net/stream.hpp"
#include "net/tunnel.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace troupe::net {

class session;
class shard;

/// What a connection is to its session.
enum class link : std::uint8_t { none, get, post, websocket, probe };

/// Lives on its shard's thread. Ends by `abort`, by the peer, or after `close_gracefully` when all is written and the peer has
/// closed too; the session it serves is told exactly once.
class connection final : public boost::intrusive_ref_counter<connection, boost::thread_unsafe_counter>,
                         public pollable,
                         private timer_node {
 public:
  connection(shard& home, stream s, arrival from);
  ~connection() override;

  /// Starts reading (the shard tracks it already); `received` was read before this connection came to this shard.
  void start(std::string received);

  /// Queues bytes; they leave at the end of the shard's turn, together with what else has been queued by then.
  void send(frame_ptr f);
  /// The same for a frame of which the first `written` bytes have gone to the kernel already; nothing is queued before it.
  void send_rest(frame_ptr f, std::size_t written);
  /// Writes what is queued, less the first bytes if they were `written` already. Called by the shard.
  void flush(std::size_t written = 0);
  /// What to write when that is the beginning of one frame and needs no TLS; else nothing.
  std::string_view only_frame() const;
  int descriptor() const { return stream_.fd(); }

  /// Answers the request in progress.
  void reply(http_reply r);
  /// 101; from here on frames are read and go to the session.
  void become_websocket(header_list headers, std::size_t max_message, bool deflate);
  /// Calls `then` unless the request in progress is answered within the time.
  void wait_at_most(duration in, std::function<void()> then);
  /// After everything queued: a WebSocket close frame (code 0: empty), then the end.
  void close_gracefully(std::uint16_t ws_code = 0, std::string_view reason = {});
  void abort();
  /// Processes what the kernel holds for this connection right now.
  void read_now();

  void attach(session& s, link as);
  void detach();
  session* peer_session() const { return session_; }
  link role() const { return link_; }

  /// From now on, whenever nothing is queued, broadcasts may go straight to the descriptor: see fanout/lanes.hpp.
  void allow_lane(std::uint32_t slot);
  void forbid_lane();
  bool blocked() const { return write_waiting_; } ///< the kernel takes no more at the moment
  std::size_t queued_bytes() const { return out_.bytes(); }
  std::size_t drop_volatile() { return out_.drop_volatile(); }
  const std::string& peer() const { return from_.peer; }
  const arrival& from() const { return from_; }
  bool secure() const { return from_.secure; }
  shard& home() { return shard_; }
  http_exchange& http() { return *http_; }
  /// Changes whenever a request begins: an answer that comes later than its request is recognised by it.
  std::uint32_t exchange_number() const { return exchange_number_; }
  bool closed() const { return closed_; }

  std::uint32_t place = 0; ///< the shard's business: where it is in the list of connections

 private:
  static constexpr std::uint32_t no_lane = ~std::uint32_t{0};
  using ptr = boost::intrusive_ptr<connection>;

  void on_ready(readiness what) override;
  void tell_interest();
  void wait_writable();
  void on_written(std::size_t bytes);
  void open_lane();
  void shut_lane();
  void on_eof();
  void consume(std::span<char> bytes);
  void consume_http(std::span<char> bytes);
  void consume_frames(std::span<char> bytes);
  bool advance_request();
  void begin_request();
  tunnels::verdict leave_for(std::uint16_t node);
  std::string take_queued();
  void fail_request(unsigned status, std::string_view sentence);
  bool on_frame(const ws::incoming& in);
  void finish_close();
  void on_deadline(time_point now) override;
  void arm(duration in);

  // What every delivery looks at stands together.
  stream stream_;
  shard& shard_;
  outbox out_;
  std::uint32_t lane_slot_ = no_lane;
  bool lane_open_ = false;
  link link_ = link::none;
  bool deflate_ = false;
  bool write_waiting_ = false;
  bool dirty_ = false;
  bool closing_ = false;     ///< no more input is processed; ends when written
  bool closed_ = false;
  bool sent_fin_ = false;
  bool eof_ = false;         ///< the peer will send nothing more
  std::uint32_t exchange_number_ = 0;
  std::unique_ptr<http_exchange> http_;        ///< null on a WebSocket
  std::unique_ptr<ws::frame_reader> frames_;   ///< null before
  session* session_ = nullptr;
  arrival from_;
};

} // namespace troupe::net
