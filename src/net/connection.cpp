#include "net/connection.hpp"

#include "core/ws/frame_writer.hpp"
#include "core/ws/handshake.hpp"
#include "net/engineio/session.hpp"
#include "net/http/router.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"

#include <array>

namespace troupe::net {

namespace {

/// How long the peer may take to close after we did.
constexpr duration linger{2'000};
/// Reads per readiness event: a busy connection must not starve its neighbours.
constexpr int reads_per_event = 4;

frame_ptr raw(std::string bytes) { return frame_ptr(new frame(std::move(bytes), {})); }

} // namespace

connection::connection(shard& home, stream s, arrival from)
  : stream_(std::move(s)), shard_(home), http_(std::make_unique<http_exchange>()), from_(std::move(from)) {
  metrics::add(shard_.counters().sockets_open);
}

connection::~connection() {
  metrics::sub(shard_.counters().queued_bytes, out_.bytes());
  metrics::sub(shard_.counters().sockets_open);
  shard_.owner().socket_closed();
}

void connection::start(std::string received) {
  arm(shard_.options().limit.header_timeout);
  if (!shard_.readiness().add(stream_.fd(), *this, poller::interest::read))
    return abort();
  // What TLS has decrypted on another shard already, the poller does not announce.
  if (stream_.has_buffered_input())
    shard_.post([self = ptr(this)] {
      if (!self->closed_)
        self->read_now();
    });
  if (!received.empty())
    consume({received.data(), received.size()});
}

void connection::on_ready(readiness what) {
  ptr keep(this);
  if ((what.readable || what.broken) && !eof_)
    read_now();
  if (closed_)
    return;
  if (what.broken && eof_)
    return abort();
  if (what.writable && std::exchange(write_waiting_, false)) {
    tell_interest();
    flush();
  }
}

void connection::tell_interest() {
  auto read = eof_ ? poller::interest::none : poller::interest::read;
  auto both = eof_ ? poller::interest::write : poller::interest::both;
  shard_.readiness().change(stream_.fd(), *this, write_waiting_ ? both : read);
}

// -- reading ----------------------------------------------------------------------------------------------------------

void connection::read_now() {
  ptr keep(this);
  auto buffer = shard_.read_buffer();
  for (int i = 0; i < reads_per_event && !closed_; ++i) {
    auto r = stream_.read(buffer.data(), buffer.size());
    if (r.status == io_status::would_block)
      return;
    if (r.status == io_status::closed)
      return on_eof();
    metrics::add(shard_.counters().bytes_in, r.bytes);
    if (!closing_)
      consume(buffer.first(r.bytes));
    if (r.bytes < buffer.size() && !stream_.has_buffered_input())
      return;
  }
  // The poller announces what the kernel holds, but not what TLS has decrypted already.
  if (!closed_ && stream_.has_buffered_input())
    shard_.post([self = std::move(keep)] {
      if (!self->closed_ && !self->eof_)
        self->read_now();
    });
}

void connection::on_eof() {
  // A peer that has only finished sending may still want its answer.
  eof_ = true;
  if (http_ && !session_ && !out_.empty() && !sent_fin_) {
    closing_ = true;
    return tell_interest();
  }
  abort();
}

void connection::consume(std::span<char> bytes) {
  if (frames_)
    consume_frames(bytes);
  else
    consume_http(bytes);
}

void connection::consume_http(std::span<char> bytes) {
  http_->receive(bytes.data(), bytes.size());
  if (http_->busy && http_->received().size() > shard_.options().limit.max_header_bytes)
    return abort(); // pipelining without end while an answer is pending
  while (!closed_ && !closing_ && http_ && !http_->busy && advance_request()) {
  }
}

/// True when another step may be possible.
bool connection::advance_request() {
  auto& limit = shard_.options().limit;
  switch (http_->advance(limit.max_header_bytes, limit.max_payload_bytes)) {
    case http_exchange::progress::need_more:
      // A head has one time as a whole, however it drips; a body has it anew for every read.
      if (http_->head_complete() || (http_->started() && !std::exchange(http_->head_timed, true)))
        arm(limit.header_timeout);
      return false;
    case http_exchange::progress::head_complete:
      begin_request();
      return true;
    case http_exchange::progress::complete:
      http_->busy = true;
      unlink();
      route_request(*this);
      return true;
    case http_exchange::progress::bad:
      fail_request(400, "This is no HTTP request that Troupe understands.");
      return false;
    case http_exchange::progress::too_large:
      if (link_ == link::post) { // Engine.IO: refused, but the session lives
        session_->on_post_refused(*this);
        fail_request(413, {});
      } else if (http_->head_complete()) {
        refuse_large_body(*this);
      } else {
        fail_request(431, "The request head is larger than limits.max_header_bytes.");
      }
      return false;
  }
  return false;
}

void connection::begin_request() {
  ++exchange_number_;
  metrics::add(shard_.counters().http_requests);
  auto r = parse_target({http_->request().target().data(), http_->request().target().size()});
  if (!r)
    return fail_request(400, r.error().message);
  http_->target = std::move(*r);
  if (auto to = other_home(*this)) {
    unlink();
    closed_ = true;
    shard_.readiness().remove(stream_.fd(), *this);
    return shard_.hand_over(*this, std::move(stream_), *to);
  }
  if (auto node = other_node(*this))
    switch (leave_for(*node)) {
      case tunnels::verdict::taken: return;
      case tunnels::verdict::full: return reply(no_tunnel(*this));
      case tunnels::verdict::unknown: break; // a session of a node that is gone is an unknown one
    }
  route_head(*this);
  if (!closed_ && !closing_ && http_ && http_->expects_continue() && !http_->busy)
    send(raw("HTTP/1.1 100 Continue\r\n\r\n"));
}

/// The rest of this connection is served by the node that owns the session.
tunnels::verdict connection::leave_for(std::uint16_t node) {
  auto* way = shard_.owner().tunnelling();
  if (!way)
    return tunnels::verdict::unknown;
  tunnel_request r{node, std::move(stream_), http_->copy_received(), take_queued(), from_,
                   to_wire(no_session(*this), 11, false, false), to_wire(no_tunnel(*this), 11, false, false)};
  // Out of the poller first: from `take` on another thread has the descriptor.
  shard_.readiness().remove(r.client.fd(), *this);
  if (auto v = way->take(r); v != tunnels::verdict::taken) {
    stream_.swap(r.client);
    if (!shard_.readiness().add(stream_.fd(), *this, write_waiting_ ? poller::interest::both : poller::interest::read))
      abort();
    else if (!r.unsent.empty())
      send(raw(std::move(r.unsent)));
    return v;
  }
  unlink();
  closed_ = true;
  shard_.untrack(*this);
  return tunnels::verdict::taken;
}

std::string connection::take_queued() {
  std::string all;
  std::array<iovec, outbox::max_gather> buffers;
  while (!out_.empty()) {
    std::size_t bytes = 0;
    for (auto& b : std::span(buffers).first(out_.gather(buffers))) {
      all.append(static_cast<const char*>(b.iov_base), b.iov_len);
      bytes += b.iov_len;
    }
    out_.consume(bytes);
    metrics::sub(shard_.counters().queued_bytes, bytes);
  }
  return all;
}

void connection::fail_request(unsigned status, std::string_view sentence) {
  metrics::add(shard_.counters().http_bad);
  http_reply r{status, sentence.empty() ? "" : "application/json", {}, {}, true};
  if (!sentence.empty())
    r.body = "{\"code\":\"bad_request\",\"message\":\"" + std::string(sentence) + "\"}";
  reply(std::move(r));
}

// -- answering --------------------------------------------------------------------------------------------------------

void connection::reply(http_reply r) {
  if (closed_ || closing_ || !http_)
    return;
  auto keep = http_->keep_alive() && !r.close && from_.hops < last_hop;
  r.headers.insert(r.headers.end(), http_->reply_headers.begin(), http_->reply_headers.end());
  auto head_only = http_->request().method() == boost::beast::http::verb::head;
  send(raw(to_wire(r, http_->request().version() == 10 ? 10 : 11, keep, head_only)));
  if (!keep)
    return close_gracefully();
  http_->reset();
  arm(shard_.options().limit.keep_alive_timeout);
  // The next request may have come already; a fresh turn, because this call can stand deep in the old one.
  if (!http_->received().empty())
    shard_.post([self = ptr(this)] {
      if (!self->closed_)
        self->consume_http({});
    });
}

void connection::become_websocket(header_list headers, std::size_t max_message, bool deflate) {
  auto key = http_->request()[boost::beast::http::field::sec_websocket_key];
  headers.emplace_back("Upgrade", "websocket");
  headers.emplace_back("Connection", "Upgrade");
  headers.emplace_back("Sec-WebSocket-Accept", ws::accept_key({key.data(), key.size()}));
  headers.insert(headers.end(), http_->reply_headers.begin(), http_->reply_headers.end());
  std::string wire = "HTTP/1.1 101 Switching Protocols\r\n";
  wire.reserve(512);
  for (auto& [k, v] : headers)
    wire.append(k).append(": ").append(v).append("\r\n");
  send(raw(std::move(wire.append("\r\n"))));
  deflate_ = deflate;
  frames_ = std::make_unique<ws::frame_reader>(max_message, deflate);
  unlink();
  auto early = http_->take_early();
  http_.reset();
  if (!early.empty())
    shard_.post([self = ptr(this), early = std::move(early)]() mutable {
      if (!self->closed_ && !self->closing_)
        self->consume_frames({early.data(), early.size()});
    });
}

void connection::send(frame_ptr f) {
  if (closed_)
    return;
  shut_lane();
  auto before = out_.bytes();
  out_.push(std::move(f), deflate_);
  metrics::add(shard_.counters().queued_bytes, out_.bytes() - before);
  if (!dirty_ && !write_waiting_) {
    dirty_ = true;
    shard_.mark_dirty(ptr(this));
  }
}

void connection::send_rest(frame_ptr f, std::size_t written) {
  send(std::move(f));
  out_.consume(written);
  metrics::sub(shard_.counters().queued_bytes, written);
}

void connection::allow_lane(std::uint32_t slot) {
  if (deflate_ || stream_.secure())
    return;
  lane_slot_ = slot;
  open_lane();
}

void connection::forbid_lane() {
  shut_lane();
  lane_slot_ = no_lane;
}

void connection::open_lane() {
  if (lane_slot_ == no_lane || !out_.empty() || write_waiting_ || closing_)
    return;
  lane_open_ = true;
  shard_.open_lanes().open(lane_slot_, stream_.fd());
}

void connection::shut_lane() {
  if (std::exchange(lane_open_, false))
    shard_.open_lanes().shut(lane_slot_);
}

std::string_view connection::only_frame() const {
  return closed_ || write_waiting_ || stream_.secure() ? std::string_view() : out_.only();
}

void connection::flush(std::size_t written) {
  dirty_ = false;
  if (written > 0 && !closed_)
    on_written(written);
  std::array<iovec, outbox::max_gather> buffers;
  while (!closed_ && !out_.empty()) {
    auto n = out_.gather(buffers);
    auto r = stream_.write({buffers.data(), n});
    if (r.status == io_status::would_block)
      return wait_writable();
    if (r.status == io_status::closed)
      return abort();
    on_written(r.bytes);
  }
  if (closing_ && !closed_)
    finish_close();
  else if (!closed_)
    open_lane();
}

void connection::on_written(std::size_t bytes) {
  out_.consume(bytes);
  auto& counters = shard_.counters();
  metrics::add(counters.writes);
  metrics::add(counters.bytes_out, bytes);
  metrics::sub(counters.queued_bytes, bytes);
}

void connection::wait_writable() {
  if (!std::exchange(write_waiting_, true))
    tell_interest();
}

// -- WebSocket --------------------------------------------------------------------------------------------------------

void connection::consume_frames(std::span<char> bytes) {
  ptr keep(this);
  while (!closed_ && !closing_) {
    auto in = frames_->next(bytes);
    if (!in || !on_frame(*in))
      return;
  }
}

/// False when nothing more may be read.
bool connection::on_frame(const ws::incoming& in) {
  using what = ws::incoming::what;
  switch (in.kind) {
    case what::text:
    case what::binary:
      if (session_)
        session_->on_websocket_message(*this, in.payload, in.kind == what::binary);
      return session_ != nullptr;
    case what::ping: {
      std::string pong;
      ws::append_frame(pong, ws::opcode::pong, in.payload);
      send(raw(std::move(pong)));
      return true;
    }
    case what::pong:
      return true;
    case what::close:
      close_gracefully(in.code == 1005 ? 0 : in.code);
      if (session_)
        session_->on_connection_lost(*this, engineio::close_reason::transport_close);
      return false;
    case what::failed:
      close_gracefully(in.code);
      if (session_)
        session_->on_connection_lost(*this, engineio::close_reason::transport_error);
      return false;
  }
  return false;
}

// -- ending -----------------------------------------------------------------------------------------------------------

void connection::close_gracefully(std::uint16_t ws_code, std::string_view reason) {
  if (closed_ || closing_)
    return;
  if (frames_)
    send(raw(ws::close_frame(ws_code, reason)));
  closing_ = true;
  shut_lane();
  arm(linger);
  if (out_.empty() && !dirty_)
    finish_close();
}

void connection::finish_close() {
  if (sent_fin_)
    return;
  sent_fin_ = true;
  if (eof_)
    return abort();
  stream_.shutdown_send();
  // Now the peer's FIN, or the linger timer, ends it: closing at once could destroy bytes on their way.
}

void connection::abort() {
  if (closed_)
    return;
  ptr keep(this);
  closed_ = true;
  shut_lane();
  unlink();
  shard_.untrack(*this);
  shard_.readiness().remove(stream_.fd(), *this);
  stream_.close();
  metrics::sub(shard_.counters().queued_bytes, out_.bytes());
  out_.clear();
  if (http_ && http_->on_abandoned)
    std::exchange(http_->on_abandoned, nullptr)();
  if (session_)
    session_->on_connection_lost(*this, engineio::close_reason::transport_close);
}

void connection::attach(session& s, link as) {
  session_ = &s;
  link_ = as;
}

void connection::detach() {
  forbid_lane();
  session_ = nullptr;
  link_ = link::none;
}

void connection::wait_at_most(duration in, std::function<void()> then) {
  http_->on_timeout = std::move(then);
  arm(in);
}

void connection::arm(duration in) { shard_.wheel().schedule(*this, shard_.now() + in); }

void connection::on_deadline(time_point) {
  if (http_ && http_->on_timeout && !closing_)
    return std::exchange(http_->on_timeout, nullptr)();
  // A request that began and does not end is an error; an idle keep-alive connection or a lingering close just ends.
  if (http_ && !closing_ && http_->started())
    metrics::add(shard_.counters().http_bad);
  abort();
}

} // namespace troupe::net
