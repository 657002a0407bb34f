#include "net/engineio/endpoint.hpp"

#include "base/log.hpp"
#include "core/engineio/http_error.hpp"
#include "core/engineio/payload.hpp"
#include "core/json/json_text.hpp"
#include "core/ws/handshake.hpp"
#include "net/connection.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"

#include <boost/beast/websocket/rfc6455.hpp>

#include <algorithm>

namespace troupe::net {

namespace http = boost::beast::http;
using engineio::refusal;
using engineio::transport;

namespace {

std::string_view view(boost::beast::string_view s) { return {s.data(), s.size()}; }

std::string_view field(connection& c, http::field f) { return view(c.http().request()[f]); }

bool is_upgrade(connection& c) { return boost::beast::websocket::is_upgrade(c.http().request()); }

/// An upgrade that asks for WebSocket but lacks what RFC 6455 4.2.1 demands (version 13, a key of 16 bytes).
bool is_broken_upgrade(connection& c) {
  if (!boost::beast::iequals(c.http().request()[http::field::upgrade], "websocket"))
    return false;
  auto key = engineio::base64_decode(field(c, http::field::sec_websocket_key));
  return !is_upgrade(c) || !key || key->size() != 16 || field(c, http::field::sec_websocket_version) != "13";
}

void refuse(connection& c, unsigned status, int code, std::string_view message, header_list headers = {}) {
  metrics::add(c.home().counters().handshakes_refused);
  log::debug("request-refused", "address={} status={} code={} reason={}", c.peer(), status, code, message);
  http_reply r{status, "application/json", {}, std::move(headers), is_upgrade(c) || !c.http().busy};
  r.body = "{\"code\":" + std::to_string(code) + ",\"message\":" + json::quoted(message) + "}";
  c.home().reply_with_cors(c, std::move(r));
}

void refuse(connection& c, refusal why) { refuse(c, http_status(why), static_cast<int>(why), to_string(why)); }

bool transport_enabled(const engine_options& o, std::string_view name) {
  return (name == "polling" && o.polling) || (name == "websocket" && o.websocket);
}

void preflight(connection& c) {
  auto& cors = c.home().options().cors;
  c.reply({204, "", {}, preflight_headers(cors, field(c, http::field::origin),
                                           field(c, http::field::access_control_request_headers)), false});
}

/// Headers that say nothing about the client: every WebSocket has them.
bool is_of_the_transport(std::string_view name) {
  return name == "connection" || name == "upgrade" || name.starts_with("sec-websocket-");
}

engineio::handshake_ptr make_handshake(connection& c) {
  auto shake = std::make_shared<engineio::handshake>();
  auto& h = c.http();
  shake->url = std::string(view(h.request().target()));
  shake->address = client_address(c);
  for (auto& [name, value] : h.target.query)
    shake->query.add(name, value);
  shake->headers.reserve(512);
  for (auto& [name, value] : lower_case_headers(h.request()))
    if (!is_of_the_transport(name))
      shake->headers.add(name, value);
  shake->query.shrink();
  shake->headers.shrink();
  shake->issued = wall_clock_now();
  shake->secure = c.secure();
  shake->xdomain = !field(c, http::field::origin).empty();
  return shake;
}

std::string cookie_header(const cookie_options& o, std::string_view sid) {
  auto out = o.name + "=" + std::string(sid) + "; Path=" + o.path;
  if (o.max_age_s > 0)
    out += "; Max-Age=" + std::to_string(o.max_age_s);
  if (o.http_only)
    out += "; HttpOnly";
  if (o.secure)
    out += "; Secure";
  if (!o.same_site.empty())
    out += "; SameSite=" + o.same_site;
  return out;
}

void upgrade_connection(connection& c, const engine_endpoint& at) {
  auto headers = cors_headers(c.home().options().cors, field(c, http::field::origin));
  std::string extension;
  if (at.options.per_message_deflate)
    extension = ws::negotiate_deflate(field(c, http::field::sec_websocket_extensions));
  if (!extension.empty())
    headers.emplace_back("Sec-WebSocket-Extensions", extension);
  c.become_websocket(std::move(headers), c.home().options().limit.max_payload_bytes,
                     !extension.empty());
}

/// The place is there: the session begins.
void begin_session(connection& c, const engine_endpoint& at, admission::permit place) {
  auto first = is_upgrade(c) ? transport::websocket : transport::polling;
  auto* s = c.home().create_session(at, first, std::move(place));
  if (!s)
    return refuse(c, 503, 4, "This node has no room for another session.");
  auto shake = make_handshake(c);
  if (!c.http().target.param("b64").empty())
    s->text_only();
  if (first == transport::websocket) {
    upgrade_connection(c, at);
    s->attach_websocket(c);
    return s->open(std::move(shake));
  }
  if (!at.options.cookie.name.empty())
    c.http().reply_headers.emplace_back("Set-Cookie", cookie_header(at.options.cookie, s->sid()));
  s->transport().on_get();
  s->open(std::move(shake));
  if (!s->closed())
    s->attach_get(c);
}

/// All places are taken: the handshake waits for one that becomes free, within limits.connection_queue_timeout.
void wait_for_place(connection& c, const engine_endpoint& at) {
  boost::intrusive_ptr<connection> self(&c);
  auto& home = c.home();
  auto& places = home.owner().places();
  auto number = c.exchange_number();
  auto waiting = std::make_shared<boost::intrusive_ptr<connection>>(self);
  auto ticket = places.wait([&home, &at, waiting, number](admission::permit p) {
    // Any thread: the place travels to the connection's own; if nobody waits there any more it goes on to the next.
    home.post([&at, waiting, number, place = std::make_shared<admission::permit>(std::move(p))] {
      auto to = std::exchange(*waiting, nullptr);
      if (!to || to->closed() || to->exchange_number() != number)
        return;
      to->http().on_timeout = to->http().on_abandoned = nullptr;
      begin_session(*to, at, std::move(*place));
    });
  });
  if (ticket == 0)
    return refuse(c, 503, 4, "This node has as many connections as limits.max_connections allows; try again later.",
                  {{"Retry-After", "5"}});
  metrics::add(home.counters().handshakes_queued);
  c.http().on_abandoned = [&places, ticket, waiting] {
    places.cancel(ticket);
    waiting->reset();
  };
  c.wait_at_most(home.options().limit.connection_queue_timeout, [&places, ticket, waiting] {
    places.cancel(ticket);
    if (auto to = std::exchange(*waiting, nullptr)) {
      to->http().on_abandoned = nullptr;
      refuse(*to, 503, 4, "No place became free within limits.connection_queue_timeout_ms; try again later.",
             {{"Retry-After", "5"}});
    }
  });
}

void handshake(connection& c, const engine_endpoint& at) {
  auto& target = c.http().target;
  if (c.http().request().method() != http::verb::get)
    return refuse(c, refusal::bad_handshake_method);
  if (target.param("transport") == "websocket" && !is_upgrade(c))
    return refuse(c, refusal::bad_request);
  auto origin = field(c, http::field::origin);
  if (!origin_allowed(c.home().options().cors, origin, field(c, http::field::host))) {
    log::warn("origin-refused", "address={} origin={} Add it to cors.origins if pages from there may connect.", c.peer(), origin);
    return refuse(c, 403, 4, "Pages of this origin may not connect; the operator can allow it in cors.origins.");
  }
  if (target.param("EIO") != "4")
    return refuse(c, refusal::unsupported_protocol);
  if (c.home().owner().turns_away())
    return refuse(c, 503, 4, "This node is being drained and takes no new clients; another one will.", {{"Retry-After", "1"}});
  if (!c.home().owner().may_connect(client_address(c), c.home().now()))
    return refuse(c, 429, 4, "Too many connections from this address (limits.connects_per_minute); try again in a minute.",
                  {{"Retry-After", "60"}});
  if (auto place = c.home().owner().places().try_enter())
    return begin_session(c, at, std::move(place));
  wait_for_place(c, at);
}

void websocket_for(session& s, connection& c, const engine_endpoint& at) {
  upgrade_connection(c, at);
  if (at.options.allow_upgrades && s.transport().on_websocket() == engineio::transport_state::upgrade::probe)
    return s.attach_probe(c);
  c.close_gracefully(); // 101 first: official clients take an HTTP error here for a crash
}

void poll(session& s, connection& c) {
  using verdict = engineio::transport_state::poll;
  switch (s.transport().on_get()) {
    case verdict::serve: return s.attach_get(c);
    case verdict::overlapping: return s.on_overlapping_get(c);
    case verdict::wrong_transport: return refuse(c, refusal::bad_request);
  }
}

/// What holds for every request that names a session. Null: refused already.
session* checked_session(connection& c, const engine_endpoint& at) {
  auto& target = c.http().target;
  auto name = target.param("transport");
  if (!transport_enabled(at.options, name)) {
    refuse(c, refusal::unknown_transport);
    return nullptr;
  }
  auto* s = c.home().find_session(target.param("sid"));
  if (!s || &s->endpoint() != &at) {
    refuse(c, refusal::unknown_sid);
    return nullptr;
  }
  auto current = s->transport().current() == transport::polling ? "polling" : "websocket";
  if ((!is_upgrade(c) && name != current) || target.param("EIO") != "4") {
    refuse(c, refusal::bad_request);
    return nullptr;
  }
  return s;
}

} // namespace

void engine_head(connection& c, const engine_endpoint& at) {
  auto method = c.http().request().method();
  if (method != http::verb::post || c.http().target.param("sid").empty())
    return;
  auto* s = checked_session(c, at);
  if (!s)
    return;
  if (s->closed())
    return refuse(c, refusal::unknown_sid);
  auto length = c.http().content_length();
  if (length && *length > c.home().options().limit.max_payload_bytes)
    return c.home().reply_with_cors(c, {413, "", {}, {}, true});
  // EIO=3's binary payloads; version 4 has none.
  if (field(c, http::field::content_type) == "application/octet-stream") {
    c.home().reply_with_cors(c, {400, "", {}, {}, true});
    return s->close(engineio::close_reason::transport_error);
  }
  switch (s->transport().on_post()) {
    case engineio::transport_state::poll::serve: return s->attach_post(c);
    case engineio::transport_state::poll::overlapping: return s->on_overlapping_post(c);
    case engineio::transport_state::poll::wrong_transport: return refuse(c, refusal::bad_request);
  }
}

void engine_request(connection& c, const engine_endpoint& at) {
  auto method = c.http().request().method();
  auto& target = c.http().target;
  if (method == http::verb::options && c.home().options().cors.enabled())
    return preflight(c);
  if (is_broken_upgrade(c))
    return refuse(c, refusal::bad_request);
  if (c.role() == link::post)
    return c.peer_session()->on_post(c, c.http().take_body());
  if (target.param("sid").empty()) {
    if (!transport_enabled(at.options, target.param("transport")))
      return refuse(c, refusal::unknown_transport);
    return handshake(c, at);
  }
  auto* s = checked_session(c, at);
  if (!s)
    return;
  if (is_upgrade(c))
    return s->closed() ? refuse(c, refusal::unknown_sid) : websocket_for(*s, c, at);
  if (method != http::verb::get)
    return c.home().reply_with_cors(c, {405, "", {}, {{"Allow", "GET, POST"}}, false});
  if (!s->answer_farewell(c))
    poll(*s, c);
}

std::string client_address(connection& c) {
  return c.home().owner().proxies().client_of(c.peer(), view(c.http().request()["X-Forwarded-For"]));
}

} // namespace troupe::net
