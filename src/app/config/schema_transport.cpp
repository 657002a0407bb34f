#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {
namespace {

using row = config_option;
constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t year_s = 31'536'000;

void server(std::vector<row>& t) {
  t.push_back(
    text<config>("server.host", AT(server.host), "Address to listen on.", demands::host).with_alias("SOCKET_IO_HOST"));
  t.push_back(number<config>(
                "server.port", AT(server.port), {0, 65'535}, "TCP port; 0 takes any free port and prints it at start.")
                .with_alias("SOCKET_IO_PORT"));
  t.push_back(text<config>(
                "server.node_id", AT(server.node_id),
                "Name of this node in logs, metrics and the cluster; empty: host name and a random suffix.",
                demands::node_id)
                .with_alias("SERVER_ID"));
  t.push_back(number<config>("server.shards", AT(server.shards), {0, 256}, "I/O threads; 0: one per core."));
  t.push_back(flag<config>(
    "server.io_uring", AT(server.io_uring),
    "Send broadcasts by io_uring, which is cheaper; where the kernel or the container forbids it they are sent without."));
  t.push_back(number<config>(
    "server.shutdown_timeout_ms", AT(server.shutdown_timeout), {0, hour}, "From SIGTERM to exit, at most."));
  t.push_back(number<config>(
    "server.drain_delay_ms", AT(server.drain_delay), {0, hour},
    "At SIGTERM `/ready` turns false at once; connections are closed this much later, when balancers have noticed."));
  t.push_back(text<config>(
    "server.tls_cert", AT(server.tls_cert), "PEM file with the certificate chain; with tls_key the port speaks TLS."));
  t.push_back(text<config>("server.tls_key", AT(server.tls_key), "PEM file with the private key."));
  t.push_back(list<config>(
    "server.trusted_proxies", AT(server.trusted_proxies), "Proxies whose X-Forwarded-For header is believed.",
    demands::address_or_subnet));
}

void cors(std::vector<row>& t) {
  t.push_back(list<config>(
                "cors.origins", AT(cors.origins),
                "Origins that may connect; \"*\": any; empty: only pages from the node's own origin.", demands::origin)
                .with_alias("SOCKET_IO_CORS_ORIGIN"));
  t.push_back(flag<config>(
    "cors.credentials", AT(cors.credentials), "Allow cookies and Authorization headers from those origins."));
  t.push_back(list<config>(
    "cors.allowed_headers", AT(cors.allowed_headers),
    "Request headers a page may send; empty: whatever the preflight asks for.", demands::token));
  t.push_back(list<config>(
    "cors.exposed_headers", AT(cors.exposed_headers), "Response headers a page may read.", demands::token));
  t.push_back(number<config>(
    "cors.max_age_s", AT(cors.max_age_s), {0, year_s},
    "How long a browser may remember a preflight; 0: the header is not sent."));
}

void cookie(std::vector<row>& t) {
  t.push_back(text<config>("cookie.name", AT(cookie.name), "Name of the cookie; empty: none is set.", demands::token));
  t.push_back(text<config>("cookie.path", AT(cookie.path), "Its path.", demands::cookie_path));
  t.push_back(flag<config>("cookie.http_only", AT(cookie.http_only), "Hide it from scripts."));
  t.push_back(
    choice<config>("cookie.same_site", AT(cookie.same_site), {"Lax", "Strict", "None"}, "Its SameSite attribute."));
  t.push_back(flag<config>("cookie.secure", AT(cookie.secure), "Send it over HTTPS only; needed for SameSite None."));
  t.push_back(number<config>(
    "cookie.max_age_s", AT(cookie.max_age_s), {0, year_s}, "Its lifetime; 0: until the browser is closed."));
}

void engine(std::vector<row>& t) {
  t.push_back(text<config>(
    "engine.path", AT(engine.path), "URL path of the endpoint; clients must use the same.", demands::url_path));
  t.push_back(
    number<config>("engine.ping_interval_ms", AT(engine.ping_interval), {10, hour}, "A ping is sent this often."));
  t.push_back(number<config>(
    "engine.ping_timeout_ms", AT(engine.ping_timeout), {10, hour},
    "A client that has not answered a ping by then is gone."));
  t.push_back(number<config>(
    "engine.upgrade_timeout_ms", AT(engine.upgrade_timeout), {10, hour},
    "An upgrade from polling to WebSocket that has not finished by then is given up."));
  t.push_back(choices<config>(
    "engine.transports", AT(engine.transports), {"polling", "websocket"}, "Transports offered to clients."));
  t.push_back(flag<config>(
    "engine.allow_upgrades", AT(engine.allow_upgrades), "Offer WebSocket to clients that began with polling."));
  t.push_back(flag<config>(
    "engine.per_message_deflate", AT(engine.per_message_deflate),
    "Compress WebSocket messages; costs memory and CPU per connection."));
  t.push_back(number<config>(
    "engine.per_message_deflate_threshold_bytes", AT(engine.per_message_deflate_threshold), {0, 1'000'000'000},
    "Shorter WebSocket messages stay uncompressed."));
  t.push_back(flag<config>(
    "engine.http_compression", AT(engine.http_compression), "Compress polling responses for clients that accept it."));
  t.push_back(number<config>(
    "engine.http_compression_threshold_bytes", AT(engine.http_compression_threshold), {0, 1'000'000'000},
    "Shorter polling responses stay uncompressed."));
  t.push_back(flag<config>(
    "engine.serve_client", AT(engine.serve_client),
    "Serve the JavaScript client at <path>/socket.io.js and its siblings."));
  t.push_back(text<config>(
    "engine.client_dir", AT(engine.client_dir),
    "Directory with the client's bundles; empty: those that came with the build."));
}

void socketio(std::vector<row>& t) {
  t.push_back(number<config>(
    "socketio.connect_timeout_ms", AT(socketio.connect_timeout), {10, hour},
    "A session that has joined no namespace by then is closed."));
  t.push_back(list<config>(
    "socketio.namespaces", AT(socketio.namespaces),
    "Namespaces with the built-in events; a * at the end makes a prefix pattern (/tenant-*).",
    demands::namespace_name));
}

} // namespace

std::vector<config_option> transport() {
  std::vector<row> t;
  for (auto* section : {server, cors, cookie, engine, socketio})
    section(t);
  return t;
}

} // namespace troupe::app::tables
