#pragma once
// Actors in virtual time: CAF's test coordinator runs them one message after another, in the calling thread, and the clock
// stands still unless a test moves it. The only file that knows the coordinator (CAF 0.19.5 has none any more).

#include "actors/parts.hpp"

#include <caf/scheduler/test_coordinator.hpp>

namespace troupe::test {

class deterministic {
 public:
  explicit deterministic(actors::actor_layer& layer) : system_(*layer.inside().system) {
    system_.await_actors_before_shutdown(false); // a failed test must not hang
  }
  /// Runs everything that can run.
  void run() { coordinator().run(); }
  /// Hands over one message; false when there is none.
  bool step() { return coordinator().try_run_once(); }
  bool idle() { return !coordinator().has_job(); }
  /// Moves the clock; what is due then is in mailboxes, not yet handled.
  void advance(duration d) { coordinator().advance_time(d); }
  time_point now() const { return system_.clock().now(); }

 private:
  caf::scheduler::test_coordinator& coordinator() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }
  caf::actor_system& system_;
};

} // namespace troupe::test
