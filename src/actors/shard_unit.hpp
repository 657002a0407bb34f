#pragma once

#include "ports/run_loop.hpp"

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::actors {

/// Runs the actors of one shard on the shard's own thread. An actor that is woken from that thread costs no lock and no
/// wake-up; from another thread one lock, and one posted function for a whole batch.
class shard_unit : public caf::execution_unit, public std::enable_shared_from_this<shard_unit> {
 public:
  shard_unit(caf::actor_system& system, ports::run_loop& loop) : caf::execution_unit(&system), loop_(loop) {}

  /// Any thread. Takes over one reference to `job`.
  void exec_later(caf::resumable* job) override;

  /// On the loop's thread: whether one more message may be handled outside of the actors' turns. False when that was done
  /// so often since the last turn that whoever waits for one must get it first.
  bool may_run_now() { return at_once_ > 0 && (--at_once_, true); }

 private:
  void post_run();
  void run();
  void resume(caf::resumable* job);

  ports::run_loop& loop_;
  // Only on the loop's thread:
  std::deque<caf::resumable*> local_;
  bool running_ = false;
  bool posted_ = false;
  int at_once_ = 0;
  // Any thread:
  std::mutex mutex_;
  std::vector<caf::resumable*> remote_;
};

} // namespace troupe::actors
