#include "load/client/handshake.hpp"

#include "core/ws/handshake.hpp"
#include "load/wire/message_template.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

// Servers answer any key; that it is always the same harms nobody but caches between, which a test has none of.
constexpr std::string_view key = "dHJvdXBlLWxvYWQta2V5IQ==";

bool contains_header(std::string_view head, std::string_view name, std::string_view value) {
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const auto colon = line.find(':');
    if (colon != name.size() || !std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
          return a == (b >= 'A' && b <= 'Z' ? b + 32 : b);
        }))
      continue;
    line.remove_prefix(std::min(line.find_first_not_of(" \t", colon + 1), line.size()));
    if (line.starts_with(value))
      return true;
  }
  return false;
}

} // namespace

handshake::handshake(const options& o)
  : o_{o}, nsp_prefix_{namespace_prefix(o.nsp)}, join_event_{"[\"" + o.join_reply.event + '"'}, accept_{ws::accept_key(
                                                                                                  key)} {}

std::string handshake::request(std::string_view authority) const {
  std::string out{"GET "};
  out.append(o_.path).append(o_.path.find('?') == std::string::npos ? "?" : "&").append("EIO=4&transport=websocket");
  out.append(" HTTP/1.1\r\nHost: ").append(authority);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
  return out.append(key).append("\r\n\r\n");
}

std::int64_t handshake::lap(client& c, std::int64_t now) {
  return now - std::exchange(c.more().phase_ns, now);
}

void handshake::connected(client& c, bool tls, std::int64_t now) {
  times_.tcp.record(lap(c, now));
  c.at = tls ? phase::securing : phase::upgrading;
}

void handshake::secured(client& c, std::int64_t now) {
  times_.tls.record(lap(c, now));
  c.at = phase::upgrading;
}

handshake_step handshake::on_http(client& c, std::string_view head, std::int64_t now) {
  if (!head.starts_with("HTTP/1.1 101"))
    return {
      {}, "the server answered the WebSocket request with \"" + std::string(head.substr(0, head.find("\r\n"))) + '"'};
  if (!contains_header(head, "sec-websocket-accept", accept_))
    return {{}, "the server's 101 does not accept the WebSocket key"};
  times_.websocket.record(lap(c, now));
  c.at = phase::opening;
  return {};
}

handshake_step handshake::on_text(client& c, std::string_view text, std::int64_t now) {
  const auto p = read_packet(text, nsp_prefix_);
  if (p.kind == packet_kind::open && c.at == phase::opening) {
    c.at = phase::naming;
    const std::string auth = o_.auth.empty() ? "" : expand(o_.auth[c.index % o_.auth.size()], {"", c.index, ""});
    return {client_frame("40" + nsp_prefix_ + auth), {}};
  }
  if (p.kind == packet_kind::connect_error)
    return {{}, "the server refused the namespace: " + std::string(p.data)};
  if (p.kind == packet_kind::disconnect)
    return {{}, "the server disconnected the namespace"};
  if (p.kind == packet_kind::connect && c.at == phase::naming)
    return named(c, now);
  bool refused = false;
  if (c.at == phase::joining && answers(p, refused)) {
    if (refused)
      return {{}, "the server refused the join: " + std::string(p.data)};
    done(c, now);
  }
  return {};
}

handshake_step handshake::named(client& c, std::int64_t now) {
  times_.socketio.record(lap(c, now));
  if (o_.join.empty()) {
    done(c, now);
    return {};
  }
  c.at = phase::joining;
  if (o_.join_reply.by == join_answer::kind::none)
    done(c, now);
  return {join_frame(c), {}};
}

void handshake::done(client& c, std::int64_t now) {
  if (c.at == phase::joining)
    times_.join.record(lap(c, now));
  times_.total.record(now - c.more().started_ns);
  c.at = phase::live;
}

bool handshake::answers(const packet& p, bool& refused) const {
  if (o_.join_reply.by == join_answer::kind::event)
    return p.kind == packet_kind::event && p.data.starts_with(join_event_);
  refused = is_refusal(p.data);
  return p.kind == packet_kind::ack && p.id == 0u;
}

std::string handshake::event_frame(std::string_view text, const client& c) const {
  const auto room = room_name(c.room);
  return client_frame(
    "42" + nsp_prefix_ + (o_.join_reply.by == join_answer::kind::ack ? "0" : "") + expand(text, {room, c.index, ""}));
}

std::string handshake::join_frame(const client& c) const {
  return event_frame(o_.join, c);
}

std::string handshake::leave_frame(const client& c) const {
  return event_frame(o_.leave, c);
}

} // namespace troupe::load
