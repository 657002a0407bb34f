#include "app/http/metric_family.hpp"
#include "app/http/node_metrics.hpp"
#include "app/logging/node_log.hpp"

namespace troupe::app {

using prometheus::MetricType;

namespace {

void add_one(metric_families& to, std::string_view name, MetricType type, std::string_view help, double value) {
  to.push_back(family(name, type, help));
  add_sample(to.back(), value);
}

} // namespace

void add_process_families(metric_families& to, const node_facts& node) {
  const process_usage p = node.process.read(clock::now());
  to.push_back(family("troupe_info", MetricType::Gauge, "Always 1; the labels say which node this is"));
  add_sample(to.back(), 1, {label("node", node.context.node_id), label("version", node.context.version)});
  add_one(to, "troupe_ready", MetricType::Gauge, "1 when /ready says yes", node.reasons_not_ready().empty() ? 1 : 0);
  add_one(to, "troupe_uptime_seconds", MetricType::Gauge, "Seconds since the node started",
          static_cast<double>(node.uptime_seconds()));
  add_one(to, "troupe_connections_limit", MetricType::Gauge, "limits.max_connections",
          static_cast<double>(node.context.settings.limits.max_connections));
  add_one(to, "troupe_process_resident_memory_bytes", MetricType::Gauge, "Resident memory",
          static_cast<double>(p.resident_bytes));
  add_one(to, "troupe_process_virtual_memory_bytes", MetricType::Gauge, "Virtual memory",
          static_cast<double>(p.virtual_bytes));
  add_one(to, "troupe_process_cpu_seconds_total", MetricType::Counter, "CPU time, user and system", p.cpu_seconds);
  add_one(to, "troupe_process_open_fds", MetricType::Gauge, "Open file descriptors", static_cast<double>(p.open_fds));
  add_one(
    to, "troupe_process_max_fds", MetricType::Gauge, "Limit of open file descriptors", static_cast<double>(p.max_fds));
  add_one(to, "troupe_log_records_dropped_total", MetricType::Counter,
          "Lines of the log that were lost because they could not be written as fast as they came",
          static_cast<double>(node_log::dropped_now()));
  to.push_back(family("troupe_http_answers_total", MetricType::Counter,
                      "Answers of pages, metrics and the API by HTTP status"));
  for (unsigned status = 0; status < answer_counts::end(); ++status)
    if (const auto n = node.answers.of(status))
      add_sample(to.back(), static_cast<double>(n), {label("code", std::to_string(status))});
}

} // namespace troupe::app
