// Questions to all nodes, and answers to those of others.

#include "actors/metrics.hpp"
#include "app/http/metric_family.hpp"
#include "app/http/node_metrics.hpp"

namespace troupe::app {
namespace {

using cluster::query_counters;
using prometheus::MetricType;

struct row {
  std::string_view name;
  counter query_counters::* value;
  std::string_view help;
};

constexpr row rows[] = {
  {"troupe_queries_asked_total", &query_counters::asked, "Questions to all nodes, commands and broadcasts with acks included"},
  {"troupe_queries_refused_total", &query_counters::refused, "Questions not asked, for cluster.max_queries"},
  {"troupe_queries_partial_total", &query_counters::partial, "Questions to which some node did not answer"},
  {"troupe_queries_cut_total", &query_counters::cut,
   "Questions whose answer left something out, for the size asked for or cluster.max_answer_bytes"},
  {"troupe_query_answer_bytes_total", &query_counters::answer_bytes, "Bytes of other nodes' answers"},
  {"troupe_query_late_parts_total", &query_counters::late_parts, "Parts of answers that came when nobody waited any more"},
  {"troupe_queries_answered_total", &query_counters::answered, "Questions of other nodes that were answered"},
  {"troupe_queries_declined_total", &query_counters::declined, "Questions of other nodes that there were too many of"},
  {"troupe_query_bad_messages_total", &query_counters::bad_messages, "Questions and answers that made no sense"},
};

} // namespace

void add_query_families(metric_families& to, const query_counters& counts) {
  to.push_back(family("troupe_queries_open", MetricType::Gauge, "Questions to all nodes that wait for answers now"));
  add_sample(to.back(), static_cast<double>(counts.open.load()));
  for (const row& r : rows) {
    to.push_back(family(r.name, MetricType::Counter, r.help));
    add_sample(to.back(), static_cast<double>((counts.*r.value).get()));
  }
}

} // namespace troupe::app
