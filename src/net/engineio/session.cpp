#include "net/engineio/session.hpp"

#include "core/engineio/open_packet.hpp"
#include "core/frame/frame_builder.hpp"
#include "core/ws/deflate.hpp"
#include "core/ws/frame_writer.hpp"
#include "net/http/request_head.hpp"
#include "net/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::net {

using engineio::close_reason;
using engineio::transport;

namespace {

constexpr duration noop_interval{100};
/// How long a closed polling session, still holding its place, waits for a GET that it can tell.
constexpr duration farewell_time{10'000};
/// A client that closes may have sent its last GET at the same moment, on another connection.
constexpr duration last_get_time{200};

http_reply payload_reply(std::string payload) {
  return {200, "text/plain; charset=UTF-8", std::move(payload), {{"cache-control", "no-store"}}, false};
}

/// Whether a polling client that has no GET open is told at its next one. After an error its session is simply unknown.
bool is_announced(close_reason why) {
  return why != close_reason::ping_timeout && why != close_reason::parse_error && why != close_reason::transport_error;
}

/// The same packets, binary ones as base64 text.
frame_ptr as_text(const frame& f) {
  std::string wire;
  for (auto& s : f.segments()) {
    std::string text = s.binary ? "b" + engineio::base64_encode(f.payload(s)) : std::string(f.payload(s));
    ws::append_frame(wire, ws::opcode::text, text);
  }
  return frame_ptr(new frame(std::move(wire), {}, f.is_volatile(), f.compress()));
}

} // namespace

session::session(shard& home, const engine_endpoint& at, session_ref ref, std::string sid, engineio::transport first,
                 admission::permit place)
  : shard_(home), ref_(ref), at_(at), sid_(std::move(sid)), place_(std::move(place)), transport_(first),
    heartbeat_(at.options.ping_interval, at.options.ping_timeout, home.now()) {
  if (at.options.connect_timeout.count() > 0)
    connect_deadline_ = home.now() + at.options.connect_timeout;
}

session::~session() {
  for (auto* c : {websocket_, probe_, get_, post_})
    if (c) {
      c->detach();
      c->abort();
    }
}

void session::open(engineio::handshake_ptr shake) {
  auto& o = at_.options;
  auto offer = transport_.current() == transport::polling && o.allow_upgrades && o.websocket;
  push(build_engine_frame(
    engineio::open_packet(sid_, offer, o.ping_interval, o.ping_timeout, shard_.options().limit.max_payload_bytes)));
  sink_ = at_.acceptor->on_open(ref_, std::move(shake));
  reschedule();
}

// -- to the client ----------------------------------------------------------------------------------------------------

bool session::writable_now() const {
  if (closed_ || held_)
    return false;
  return websocket_ ? !websocket_->blocked() : get_ != nullptr;
}

std::size_t session::queued_bytes() const {
  return (held_ ? held_->bytes : 0) + (websocket_ ? websocket_->queued_bytes() : queue_.bytes());
}

void session::push(frame_ptr f) {
  if (closed_ || doomed_)
    return;
  if (f->is_volatile() &&
      (!writable_now() || queued_bytes() > shard_.options().limit.max_queued_bytes / 4)) {
    metrics::add(shard_.counters().volatile_dropped);
    return;
  }
  if (held_)
    hold_back(std::move(f));
  else
    pass_on(std::move(f));
  if (queued_bytes() > shard_.options().limit.max_queued_bytes)
    bound_queue();
}

void session::pass_on(frame_ptr f) {
  metrics::add(shard_.counters().packets_out);
  if (websocket_)
    return websocket_->send(text_only_ ? as_text(*f) : std::move(f));
  queue_.push(std::move(f));
  if (!dirty_) {
    dirty_ = true;
    shard_.mark_dirty(ref_);
  }
}

void session::push_rest(frame_ptr f, std::size_t written) {
  if (written == 0 || !websocket_)
    return push(std::move(f));
  metrics::add(shard_.counters().packets_out);
  websocket_->send_rest(std::move(f), written);
  if (queued_bytes() > shard_.options().limit.max_queued_bytes)
    bound_queue();
}

/// Once it is known which parser the client has.
void session::allow_lane() {
  if (websocket_ && !held_ && first_message_seen_ && format_ == socketio::parser::json && !text_only_)
    websocket_->allow_lane(ref_.slot);
}

/// Too much waits: what is volatile goes first, then the client.
void session::bound_queue() {
  auto dropped = websocket_ ? websocket_->drop_volatile() : queue_.drop_volatile();
  metrics::add(shard_.counters().volatile_dropped, dropped);
  if (queued_bytes() <= shard_.options().limit.max_queued_bytes || doomed_)
    return;
  // Not here: this may be the middle of a fan-out, whose list of members must not change.
  doomed_ = true;
  shard_.post([&home = shard_, ref = ref_] {
    if (auto* s = home.find_session(ref))
      s->close(close_reason::slow_reader);
  });
}

void session::flush_poll() {
  dirty_ = false;
  if (get_ && !queue_.empty())
    answer_get_with_queue();
}

void session::answer_get_with_queue() {
  bool compress = false;
  auto reply = payload_reply(queue_.take(compress));
  auto& o = at_.options;
  if (o.http_compression && compress && reply.body.size() >= o.http_compression_threshold) {
    auto coding = choose_encoding(get_->http().request()[boost::beast::http::field::accept_encoding]);
    if (!coding.empty()) {
      reply.body = ws::compress_body(reply.body, coding == "gzip" ? ws::http_coding::gzip : ws::http_coding::deflate);
      reply.headers.emplace_back("Content-Encoding", std::string(coding));
      reply.headers.emplace_back("Vary", "Accept-Encoding");
    }
  }
  auto* c = std::exchange(get_, nullptr);
  transport_.get_answered();
  c->detach();
  shard_.reply_with_cors(*c, std::move(reply));
}

void session::answer_get(std::string_view payload) {
  if (!get_)
    return;
  auto* c = std::exchange(get_, nullptr);
  transport_.get_answered();
  c->detach();
  shard_.reply_with_cors(*c, payload_reply(std::string(payload)));
}

// -- connections ------------------------------------------------------------------------------------------------------

void session::attach_websocket(connection& c) {
  websocket_ = &c;
  c.attach(*this, link::websocket);
}

void session::attach_probe(connection& c) {
  probe_ = &c;
  c.attach(*this, link::probe);
  upgrade_deadline_ = shard_.now() + at_.options.upgrade_timeout;
  reschedule();
}

void session::attach_get(connection& c) {
  get_ = &c;
  c.attach(*this, link::get);
  if (!queue_.empty())
    answer_get_with_queue();
  else if (transport_.upgrading() && next_noop_ != time_point::max())
    reschedule();
}

void session::attach_post(connection& c) {
  post_ = &c;
  c.attach(*this, link::post);
}

void session::on_connection_lost(connection& c, close_reason why) {
  auto as = c.role();
  c.detach();
  switch (as) {
    case link::websocket:
      websocket_ = nullptr;
      return close(why, false);
    case link::probe:
      probe_ = nullptr;
      transport_.upgrade_cancelled();
      upgrade_deadline_ = next_noop_ = time_point::max();
      return;
    case link::get:
      get_ = nullptr;
      transport_.get_answered();
      return close(close_reason::transport_error, false);
    case link::post:
      post_ = nullptr;
      transport_.post_done();
      return close(close_reason::transport_error, false);
    case link::none:
      return;
  }
}

void session::drop_connection(connection*& c) {
  if (!c)
    return;
  auto* gone = std::exchange(c, nullptr);
  gone->detach();
  gone->abort();
}

void session::on_overlapping_get(connection& second) {
  shard_.reply_with_cors(second, {400, "", {}, {}, false});
  close(close_reason::transport_error, false);
}

void session::on_overlapping_post(connection& second) {
  drop_connection(post_);
  transport_.post_done();
  shard_.reply_with_cors(second, {400, "", {}, {}, true});
  close(close_reason::transport_error);
}

void session::on_post_refused(connection& c) {
  post_ = nullptr;
  c.detach();
  transport_.post_done();
}

// -- from the client --------------------------------------------------------------------------------------------------

void session::on_post(connection& c, std::string_view body) {
  post_ = nullptr;
  c.detach();
  transport_.post_done();
  engineio::payload_reader reader(body);
  bool bad = false;
  while (auto p = reader.next()) {
    if (closed_)
      break;
    if (!*p) {
      bad = true;
      break;
    }
    on_packet(**p);
  }
  if (!c.closed())
    shard_.reply_with_cors(c, {200, "text/html", "ok", {{"cache-control", "no-store"}}, false});
  if (bad && !closed_)
    close(close_reason::parse_error);
}

void session::on_websocket_message(connection& c, std::string_view bytes, bool binary) {
  if (c.role() == link::probe)
    return closed_ ? answer_late_upgrade(bytes) : on_probe_packet(c, binary ? std::string_view() : bytes);
  if (closed_)
    return;
  if (binary)
    return on_packet({engineio::packet_type::message, bytes, true});
  std::string scratch;
  auto p = engineio::decode_text(bytes, scratch);
  if (!p)
    return close(close_reason::parse_error);
  on_packet(*p);
}

void session::on_packet(const engineio::packet& p) {
  using type = engineio::packet_type;
  if (p.type == type::pong) {
    heartbeat_.on_pong(shard_.now());
    // The wheel wakes at the old deadline, finds nothing due and schedules the new one; only an earlier one needs care.
    return heartbeat_.deadline() < deadline() || !scheduled() ? reschedule() : void();
  }
  heartbeat_.on_other_packet(shard_.now());
  switch (p.type) {
    case type::message:
      metrics::add(shard_.counters().packets_in);
      if (!std::exchange(first_message_seen_, true)) {
        format_ = p.binary ? socketio::parser::msgpack : socketio::parser::json;
        allow_lane();
      }
      return sink_->on_message(p.data, p.binary);
    case type::close:
      return on_close_packet();
    case type::ping: // only the server pings in version 4
      return close(close_reason::transport_error);
    default:         // open, upgrade and noop are harmless noise
      return;
  }
}

void session::on_close_packet() {
  said_goodbye_ = !websocket_ && !get_;
  answer_get("6");
  close(close_reason::transport_close);
}

void session::on_probe_packet(connection& c, std::string_view text) {
  using frame = engineio::transport_state::frame;
  switch (transport_.on_probe_frame(text == "2probe", text == "5")) {
    case frame::answer_probe:
      c.send(build_engine_frame("3probe"));
      // Empties the client's poll, so that it can switch; repeated, because the client may poll once more.
      next_noop_ = shard_.now();
      return on_time(shard_.now());
    case frame::switch_over:
      return switch_over(c);
    default:
      probe_ = nullptr;
      c.detach();
      transport_.upgrade_cancelled();
      upgrade_deadline_ = next_noop_ = time_point::max();
      return c.close_gracefully();
  }
}

void session::switch_over(connection& c) {
  metrics::add(shard_.counters().upgrades);
  metrics::add(shard_.counters().sessions_websocket);
  answer_get("6");
  probe_ = nullptr;
  upgrade_deadline_ = next_noop_ = time_point::max();
  heartbeat_.on_upgrade(shard_.now());
  attach_websocket(c);
  for (auto& f : queue_.release())
    c.send(text_only_ ? as_text(*f) : std::move(f));
  allow_lane();
  reschedule();
}

void session::read_probe() {
  if (probe_)
    probe_->read_now();
}

void session::control(const ports::control& c) {
  if (!closed_)
    sink_->on_control(c);
}

void session::namespace_joined() { connect_deadline_ = time_point::max(); }

// -- time -------------------------------------------------------------------------------------------------------------

time_point session::next_deadline() const {
  if (closed_)
    return farewell_deadline_;
  return std::min({heartbeat_.deadline(), connect_deadline_, upgrade_deadline_, get_ ? next_noop_ : time_point::max()});
}

void session::reschedule() {
  auto at = next_deadline();
  if (at == time_point::max())
    unlink();
  else if (!scheduled() || at != deadline())
    shard_.wheel().schedule(*this, at);
}

void session::on_time(time_point now) {
  if (closed_) {
    if (now >= farewell_deadline_) {
      end_probe();
      shard_.forget(*this);
    }
    return;
  }
  switch (heartbeat_.on_time(now)) {
    case engineio::heartbeat::verdict::dead:
      return close(close_reason::ping_timeout);
    case engineio::heartbeat::verdict::send_ping:
      push(shard_.ping_frame());
      break;
    case engineio::heartbeat::verdict::nothing:
      break;
  }
  if (now >= connect_deadline_)
    return close(close_reason::connect_timeout);
  if (now >= upgrade_deadline_) {
    end_probe();
    transport_.upgrade_cancelled();
    upgrade_deadline_ = next_noop_ = time_point::max();
  }
  if (now >= next_noop_ && get_) {
    answer_get("6");
    next_noop_ = now + noop_interval;
  }
  reschedule();
}

// -- the end ----------------------------------------------------------------------------------------------------------

void session::close(close_reason why, bool by_server) {
  if (closed_)
    return;
  closed_ = true;
  unlink();
  shard_.session_closed(*this, why, websocket_ != nullptr || transport_.current() == transport::websocket);
  if (sink_)
    sink_->on_close(why);
  if (websocket_) {
    auto* c = std::exchange(websocket_, nullptr);
    c->detach();
    c->close_gracefully();
    return shard_.forget(*this);
  }
  bool tell = by_server && is_announced(why) && (why != close_reason::transport_close || said_goodbye_) &&
              transport_.current() == transport::polling;
  if (!tell || said_goodbye_)
    end_probe(); // else the client may be about to switch, and never poll again: it is told there
  if (get_) {
    auto* c = std::exchange(get_, nullptr);
    transport_.get_answered();
    c->detach();
    farewell_deadline_ = shard_.now() + farewell_time;
    reschedule();
    answer_farewell(*c);
    return;
  }
  if (!tell)
    return shard_.forget(*this);
  farewell_deadline_ = shard_.now() + (said_goodbye_ ? last_get_time : farewell_time);
  reschedule();
}

void session::end_probe() {
  if (!probe_)
    return;
  auto* c = std::exchange(probe_, nullptr);
  c->detach();
  c->close_gracefully();
}

void session::answer_late_upgrade(std::string_view packet) {
  if (packet != "5")
    return; // a probe that is not answered leaves the client where it polls
  for (auto& f : queue_.release())
    probe_->send(text_only_ ? as_text(*f) : std::move(f));
  end_probe();
  shard_.forget(*this);
}

bool session::answer_farewell(connection& get) {
  if (!closed_)
    return false;
  if (said_goodbye_ || queue_.empty()) {
    shard_.reply_with_cors(get, payload_reply(said_goodbye_ ? "6" : "1"));
    end_probe();
    shard_.forget(*this);
    return true;
  }
  // What was queued before the close comes before it, and in an answer of its own: the official client looks at the packets of
  // a payload a moment after it has looked at the payload, and would take a DISCONNECT for a lost transport.
  bool compress = false;
  shard_.reply_with_cors(get, payload_reply(queue_.take(compress)));
  return true;
}

} // namespace troupe::net
