#include "app/http/metric_family.hpp"
#include "app/http/node_metrics.hpp"
#include "backends/postgres/metrics.hpp"

namespace troupe::app {
namespace {

using postgres::metrics;
using prometheus::MetricType;

/// A counter, or a gauge if its name does not end in `_total`.
constexpr struct {
  std::string_view name;
  metrics::counter metrics::* value;
  std::string_view help;
} rows[] = {
  {"troupe_postgres_calls_waiting", &metrics::waiting, "Calls that wait for PostgreSQL or its answer now"},
  {"troupe_postgres_waiting_bytes", &metrics::waiting_bytes, "Bytes of these"},
  {"troupe_postgres_calls_total", &metrics::calls, "Calls for PostgreSQL: appends to rooms' histories, and reads"},
  {"troupe_postgres_calls_refused_total", &metrics::refused, "Calls refused because too many waited"},
  {"troupe_postgres_calls_timed_out_total", &metrics::timeouts, "Calls that PostgreSQL did not answer in time"},
  {"troupe_postgres_calls_failed_total", &metrics::failed, "Calls that ended in an error of any kind"},
  {"troupe_postgres_batches_total", &metrics::batches, "Transactions in which calls were carried out"},
  {"troupe_postgres_entries_total", &metrics::entries, "Entries appended to rooms' histories"},
  {"troupe_postgres_expired_total", &metrics::swept, "Histories deleted by this node because they had expired"},
  {"troupe_postgres_connects_total", &metrics::connects, "Connections to PostgreSQL that came to work"},
  {"troupe_postgres_connect_failures_total", &metrics::connect_failures, "Attempts to connect to PostgreSQL that failed"},
  {"troupe_postgres_connections_lost_total", &metrics::losses, "Working connections to PostgreSQL that ended"},
};

} // namespace

void add_history_families(metric_families& to, const history_facts& facts) {
  to.push_back(family("troupe_postgres_up", MetricType::Gauge, "1 while PostgreSQL takes calls"));
  add_sample(to.back(), facts.up);
  for (const auto& r : rows) {
    to.push_back(family(r.name, r.name.ends_with("_total") ? MetricType::Counter : MetricType::Gauge, r.help));
    add_sample(to.back(), static_cast<double>((facts.counters->*r.value).load(std::memory_order_relaxed)));
  }
}

} // namespace troupe::app
