#pragma once

#include "actors/actor_layer.hpp"
#include "app/http/cluster_facts.hpp"
#include "core/cluster/drain_plan.hpp"
#include "net/server.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>

namespace troupe::app {

/// Carries out a drain, for an operator or because the node ends: the shell around core/cluster/drain_plan.hpp. Any thread.
class drainer {
 public:
  /// `clients` outlives it.
  explicit drainer(net::server& clients) : clients_(clients) {}

  /// Null before the end of the actors.
  void use(actors::actor_layer* layer);
  void begin(cluster::drain_options o, bool move_clients);
  void cancel();
  /// At least every 100 ms, with what the node has.
  void tick(const cluster_sums& now_has, time_point now);
  /// Until all is given away, or nobody is there who would take it, or time is over: then false.
  bool wait(duration at_most);
  cluster::drain_status status() const;

 private:
  net::server& clients_;
  mutable std::mutex mutex_;
  std::condition_variable ticked_;
  actors::actor_layer* layer_ = nullptr;
  cluster::drain_plan plan_;
  cluster::drain_sight seen_;  ///< at the last tick since `begin`
  bool looked_ = false;
};

} // namespace troupe::app
