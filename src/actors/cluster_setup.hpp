#pragma once

#include "actors/cluster_actor.hpp"
#include "actors/link_router.hpp"
#include "actors/public_record.hpp"
#include "ports/public_keys.hpp"

namespace troupe::actors {

/// What makes a node part of a cluster. Outlives the actor layer.
struct cluster_setup {
  cluster_ports ports;
  cluster::node_options options;
  ports::node_record me;
  link_router& router;
  cluster_actor::listeners listeners;
  ports::public_keys* keys = nullptr; ///< null: other programs are told nothing
  struct keys_options keys_options = {};
};

} // namespace troupe::actors
