#include "app/http/metric_family.hpp"
#include "app/http/node_metrics.hpp"
#include "net/server.hpp"

namespace troupe::app {
namespace {

using prometheus::MetricType;

struct row {
  std::string_view name;
  MetricType type;
  net::metrics::counter net::metrics::* value;
  std::string_view help;
};

constexpr row rows[] = {
  {"troupe_tcp_connections", MetricType::Gauge, &net::metrics::sockets_open, "TCP connections open now"},
  {"troupe_tcp_connections_refused_total", MetricType::Counter, &net::metrics::sockets_refused,
   "TCP connections closed at once, for limits.max_sockets"},
  {"troupe_sessions_opened_total", MetricType::Counter, &net::metrics::sessions_opened, "Engine.IO sessions opened"},
  {"troupe_handshakes_refused_total", MetricType::Counter, &net::metrics::handshakes_refused,
   "Engine.IO handshakes refused, for the protocol or a limit"},
  {"troupe_handshakes_queued_total", MetricType::Counter, &net::metrics::handshakes_queued,
   "Handshakes that had to wait for a free place (limits.max_connections)"},
  {"troupe_upgrades_total", MetricType::Counter, &net::metrics::upgrades,
   "Sessions that went from polling to WebSocket"},
  {"troupe_http_requests_total", MetricType::Counter, &net::metrics::http_requests, "HTTP requests, all kinds"},
  {"troupe_http_bad_requests_total", MetricType::Counter, &net::metrics::http_bad,
   "HTTP requests that were malformed, too large or too slow"},
  {"troupe_engine_messages_received_total", MetricType::Counter, &net::metrics::packets_in,
   "Engine.IO messages from clients"},
  {"troupe_engine_messages_sent_total", MetricType::Counter, &net::metrics::packets_out,
   "Engine.IO messages to clients"},
  {"troupe_received_bytes_total", MetricType::Counter, &net::metrics::bytes_in, "Bytes read from sockets"},
  {"troupe_sent_bytes_total", MetricType::Counter, &net::metrics::bytes_out, "Bytes written to sockets"},
  {"troupe_writes_total", MetricType::Counter, &net::metrics::writes, "Write system calls"},
  {"troupe_queued_bytes", MetricType::Gauge, &net::metrics::queued_bytes, "Bytes that wait for slow clients now"},
  {"troupe_fanouts_total", MetricType::Counter, &net::metrics::fanouts, "Broadcasts handed over to the shard"},
  {"troupe_frames_dropped_total", MetricType::Counter, &net::metrics::volatile_dropped,
   "Volatile frames that gave way in a slow client's queue"},
};

double read(const net::metrics::counter& c) { return static_cast<double>(c.load(std::memory_order_relaxed)); }

prometheus::MetricFamily sessions(const net::server& server) {
  auto f = family("troupe_sessions", MetricType::Gauge, "Engine.IO sessions open now");
  for (std::uint16_t shard = 0; shard < server.shards(); ++shard) {
    const auto& m = server.counters(shard);
    const double websocket = read(m.sessions_websocket);
    // The two are read one after the other while sessions come and go: never below zero.
    const double polling = std::max(0.0, read(m.sessions_open) - websocket);
    add_sample(f, polling, {label("shard", std::to_string(shard)), label("transport", "polling")});
    add_sample(f, websocket, {label("shard", std::to_string(shard)), label("transport", "websocket")});
  }
  return f;
}

prometheus::MetricFamily sessions_closed(const net::server& server) {
  auto f = family("troupe_sessions_closed_total", MetricType::Counter, "Engine.IO sessions closed, by reason");
  for (std::uint16_t shard = 0; shard < server.shards(); ++shard) {
    const auto& closed = server.counters(shard).sessions_closed;
    for (std::size_t reason = 0; reason < closed.size(); ++reason) {
      const auto word = to_string(static_cast<engineio::close_reason>(reason));
      add_sample(f, read(closed[reason]), {label("shard", std::to_string(shard)), label("reason", std::string(word))});
    }
  }
  return f;
}

} // namespace

void add_net_families(metric_families& to, const net::server& server) {
  for (const row& r : rows) {
    auto f = family(r.name, r.type, r.help);
    for (std::uint16_t shard = 0; shard < server.shards(); ++shard)
      add_sample(f, read(server.counters(shard).*r.value), {label("shard", std::to_string(shard))});
    to.push_back(std::move(f));
  }
  to.push_back(sessions(server));
  to.push_back(sessions_closed(server));
  to.push_back(family("troupe_handshakes_waiting", MetricType::Gauge, "Handshakes waiting for a free place now"));
  add_sample(to.back(), static_cast<double>(server.handshakes_waiting()));
}

} // namespace troupe::app
