#include "net/http/router.hpp"

#include "core/engineio/sid.hpp"
#include "net/connection.hpp"
#include "net/engineio/endpoint.hpp"
#include "net/server.hpp"
#include "net/shard.hpp"

namespace troupe::net {

namespace http = boost::beast::http;

namespace {

std::string_view view(boost::beast::string_view s) { return {s.data(), s.size()}; }

/// Null: no Engine.IO path. The client bundles below an endpoint's path are files like any other.
const engine_endpoint* endpoint_of(connection& c) {
  auto& path = c.http().target.path;
  for (auto& e : c.home().owner().endpoints())
    if (path.starts_with(e.options.path) && path.compare(e.options.path.size(), 10, "socket.io.") != 0)
      return &e;
  return nullptr;
}

ports::http_request to_port(connection& c) {
  auto& h = c.http();
  ports::http_request r;
  r.method = std::string(view(h.request().method_string()));
  r.path = h.target.path;
  r.target = std::string(view(h.request().target()));
  r.query = h.target.query;
  r.headers = lower_case_headers(h.request());
  r.address = client_address(c);
  r.body = h.take_body();
  return r;
}

http_reply with_cors(connection& c, http_reply r) {
  for (auto& h : cors_headers(c.home().options().cors, view(c.http().request()[http::field::origin])))
    r.headers.push_back(std::move(h));
  return r;
}

void serve_other(connection& c) {
  auto* handler = c.home().owner().http();
  if (!handler)
    return c.reply({404, "application/json", R"({"code":"not_found","message":"There is nothing at this path."})", {}, false});
  boost::intrusive_ptr<connection> keep(&c);
  // The answer may come from another thread: the connection is touched on its shard only, and only while it still waits.
  auto ticket = std::make_shared<boost::intrusive_ptr<connection>>(keep);
  auto respond = [&home = c.home(), ticket, number = c.exchange_number()](ports::http_response r) {
    auto deliver = [ticket, number, r = std::move(r)]() mutable {
      auto to = std::exchange(*ticket, nullptr);
      if (to && !to->closed() && to->exchange_number() == number)
        to->home().reply_with_cors(*to, {r.status, std::move(r.content_type), std::move(r.body), std::move(r.headers), false});
    };
    home.on_this_thread() ? deliver() : home.post(std::move(deliver));
  };
  handler->handle(to_port(c), std::move(respond));
}

} // namespace

std::optional<std::uint16_t> other_node(connection& c) {
  auto where = engineio::parse_sid(c.http().target.param("sid"));
  // A preflight is the same everywhere.
  if (!where || where->node == c.home().options().node_number || !endpoint_of(c) || c.http().request().method() == http::verb::options)
    return {};
  return where->node;
}

http_reply no_session(connection& c) {
  return with_cors(c, {400, "application/json", R"({"code":1,"message":"Session ID unknown"})", {}, true});
}

http_reply no_tunnel(connection& c) {
  return with_cors(c, {503, "application/json",
                       R"({"code":4,"message":"This node carries as many connections to others as cluster.max_tunnels allows; try again later."})",
                       {{"Retry-After", "5"}}, true});
}

std::optional<std::uint16_t> other_home(connection& c) {
  if (!endpoint_of(c))
    return {};
  auto where = engineio::parse_sid(c.http().target.param("sid"));
  if (!where || where->node != c.home().options().node_number || where->shard == c.home().number() || where->shard >= c.home().owner().shards())
    return {};
  return where->shard;
}

void route_head(connection& c) {
  if (auto* e = endpoint_of(c))
    return engine_head(c, *e);
  auto length = c.http().content_length();
  if (length && *length > c.home().options().limit.max_payload_bytes)
    refuse_large_body(c);
}

void refuse_large_body(connection& c) {
  metrics::add(c.home().counters().http_bad);
  c.home().reply_with_cors(c, {413, "application/json",
                               R"({"ok":false,"error":{"code":"payload_too_large",)"
                               R"("message":"the body is larger than limits.max_payload_bytes"}})",
                               {}, true});
}

void route_request(connection& c) {
  if (auto* e = endpoint_of(c))
    engine_request(c, *e);
  else
    serve_other(c);
}

} // namespace troupe::net
