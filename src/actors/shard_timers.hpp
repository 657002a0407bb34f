#pragma once

#include "base/time.hpp"

#include <caf/actor.hpp>
#include <caf/fwd.hpp>

#include <optional>
#include <set>
#include <utility>

namespace troupe::actors {

class pinned;

/// The deadlines of one shard's actors, at most one each. CAF's own delayed messages keep their receiver alive until they
/// arrive; here an actor that ends takes its deadline along, and one delayed message to the directory part stands for the
/// earliest of all. Only on the shard's thread.
class shard_timers {
 public:
  /// `ticker` gets the `tick` messages and calls `fire`.
  void start(caf::actor_system& system, caf::actor ticker);
  void stop() { ticker_ = nullptr; }

  void set(pinned& who, std::optional<time_point> at);
  /// Sends `wake` to everybody who is due.
  void fire(time_point now);

 private:
  void arm();

  caf::actor_system* system_ = nullptr;
  caf::actor ticker_;
  std::set<std::pair<time_point, pinned*>> deadlines_;
  std::set<time_point> ticks_; ///< delayed messages on their way
};

} // namespace troupe::actors
