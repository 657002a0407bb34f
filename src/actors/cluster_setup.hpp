#pragma once

#include "actors/cluster_actor.hpp"
#include "actors/link_router.hpp"

namespace troupe::actors {

/// What makes a node part of a cluster. Outlives the actor layer.
struct cluster_setup {
  cluster_ports ports;
  cluster::node_options options;
  ports::node_record me;
  link_router& router;
  cluster_actor::listeners listeners;
};

} // namespace troupe::actors
