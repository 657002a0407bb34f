#pragma once
// Inside of the actor layer; for its own code and for actor tests.

#include "actors/actor_layer.hpp"
#include "actors/connection_sink.hpp"
#include "actors/hub.hpp"
#include "actors/shard.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace troupe::actors {

struct actor_layer::parts {
  parts(dependencies d, options o, surroundings s);

  bool virtual_time() const { return loops.empty(); }
  void join(struct cluster_setup& c);
  /// Runs everything that can run now; for CAF's test coordinator only.
  void run_ready();

  const std::vector<ports::run_loop*> loops;
  std::shared_ptr<class hub> hub; ///< outlives the system, as the sinks' shards do
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  std::vector<std::shared_ptr<shard>> shards;
  std::unique_ptr<connection_acceptor> acceptor;
  class link_router* router = nullptr; ///< of a clustered node
  std::atomic<bool> stopped{false};
};

} // namespace troupe::actors
