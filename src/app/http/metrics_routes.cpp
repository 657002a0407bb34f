#include "app/http/metrics_routes.hpp"

#include "actors/metrics.hpp"
#include "app/http/json_body.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace troupe::app {

std::vector<prometheus::MetricFamily> node_metrics::Collect() const {
  metric_families all;
  add_process_families(all, node_);
  add_net_families(all, node_.context.server);
  add_actor_families(all, node_.context.counts);
  add_query_families(all, node_.context.counts.queries);
  if (const auto facts = node_.cluster(); facts.clustered())
    add_cluster_families(all, facts, node_.draining(), node_.context.counts);
  if (const auto facts = node_.history(); facts.counters)
    add_history_families(all, facts);
  return all;
}

ports::http_response metrics_routes::as_json() const {
  const process_usage p = node_.process.read(clock::now());
  const actors::metrics& counts = node_.context.counts;
  const json_value body{
    {"socketConnections", counts.sockets.get()},
    {"redisConnected", node_.cluster().store_up},
    // This version does not talk to it.
    {"kafkaConnected", false},
    {"totalConnections", node_.sessions_opened()},
    {"rooms", counts.rooms.get()},
    {"uptime", node_.uptime_seconds()},
    {"memory", {{"rss", p.resident_bytes}, {"virtual", p.virtual_bytes}}},
  };
  return object_answer(body);
}

void metrics_routes::metrics(visit& v) {
  const std::string_view format = v.request.param("format");
  if (format == "json")
    return v.respond(as_json());
  if (!format.empty() && format != "prometheus")
    return v.respond(error_answer({"invalid_format", "format is json or prometheus, not " + std::string(format)}));
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, metrics_.Collect());
  v.respond({.content_type = "text/plain; version=0.0.4; charset=utf-8",
             .body = text.str(),
             .headers = {{"Cache-Control", "no-store"}}});
}

} // namespace troupe::app
