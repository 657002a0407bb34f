#pragma once
// What the routes tell about the cluster, as this node sees it at one moment.

#include "actors/cluster_messages.hpp"
#include "actors/public_record.hpp"
#include "core/cluster/drain_plan.hpp"
#include "net/link/link_metrics.hpp"

#include <memory>
#include <vector>

namespace troupe::net {
struct second_way_metrics;
struct tunnel_metrics;
}
namespace troupe::redis {
struct metrics;
struct replica_metrics;
}
namespace troupe::postgres {
struct metrics;
}

namespace troupe::app {

/// Of a node of its own everything is empty.
struct cluster_facts {
  std::shared_ptr<const actors::cluster_view> view; ///< null before the node has looked around
  std::vector<net::link_status> links;
  const net::link_metrics* link_counters = nullptr;
  const net::second_way_metrics* bus_way_counters = nullptr;
  const net::tunnel_metrics* tunnel_counters = nullptr;
  const redis::metrics* store_counters = nullptr;
  bool store_up = false;                            ///< Redis takes commands
  cluster::drain_status drain = {};
  const actors::keys_metrics* keys_counters = nullptr; ///< null: other programs are told nothing
  const redis::replica_metrics* replica_counters = nullptr; ///< null: replicas of Redis are not asked

  bool clustered() const { return link_counters != nullptr; }
};

/// Where rooms' histories are, when that is PostgreSQL; else empty.
struct history_facts {
  const postgres::metrics* counters = nullptr;
  bool up = false; ///< it takes calls
};

/// The cluster in four numbers. A node of its own is one node with all slots.
struct cluster_sums {
  std::size_t nodes = 1;  ///< this one included; dead ones are not
  std::size_t linked = 0; ///< others to which a link is up
  std::size_t takers = 0; ///< of these, those that would take this node's slots
  std::size_t slots = 0;  ///< whose home this node is
  std::size_t slots_without_home = 0;
};
cluster_sums sums_of(const cluster_facts& f);
cluster_sums sums_of(const actors::cluster_view& v);

} // namespace troupe::app
