#pragma once

#include "app/http/node_facts.hpp"
#include "core/cluster/query_book.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace troupe::app {

/// The counters of net, actors and routes as Prometheus sees them: read where they are counted, at the time of the
/// scrape. docs/metrics.md has one row for each family; a test compares.
class node_metrics final : public prometheus::Collectable {
 public:
  explicit node_metrics(const node_facts& node) : node_(node) {}
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const node_facts& node_;
};

using metric_families = std::vector<prometheus::MetricFamily>;

void add_net_families(metric_families& to, const net::server& server);
void add_actor_families(metric_families& to, const actors::metrics& counts);
void add_query_families(metric_families& to, const cluster::query_counters& counts);
/// Of a node of a cluster only.
void add_cluster_families(metric_families& to, const cluster_facts& facts, bool draining, const actors::metrics& counts);
/// Of a node whose rooms' histories are in PostgreSQL only.
void add_history_families(metric_families& to, const history_facts& facts);
void add_process_families(metric_families& to, const node_facts& node);

} // namespace troupe::app
