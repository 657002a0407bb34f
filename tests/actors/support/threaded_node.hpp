#pragma once
// Actors on real shard threads, for what virtual time cannot show: pinning, hand-over between threads, the stop.

#include "thread_loop.hpp"
#include "world.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::test {

/// Takes operations from any thread and carries them out on the shard's own, as net does. Counts calls that are bound to a
/// shard's thread and came from another.
class threaded_egress : public ports::egress {
 public:
  explicit threaded_egress(std::uint16_t shards);

  std::uint16_t shards() const override { return static_cast<std::uint16_t>(loops.size()); }
  void submit(std::uint16_t shard, ports::egress_op op) override;
  void send_now(session_ref who, frame_ptr what) override;
  void namespace_joined(session_ref who) override { check(who.shard); }
  void hold(session_ref who) override;
  void release(session_ref who, std::vector<frame_ptr> first, bool keep) override;
  bool writable_now(session_ref who) const override { return check(who.shard), true; }

  /// Waits until a session has been sent so many packets since it opened; false when that took too long.
  bool await(session_ref who, std::size_t packets);
  lines take(session_ref who);
  void open(session_ref who);
  void forget(session_ref who);

  std::vector<std::unique_ptr<thread_loop>> loops;
  std::function<void(const ports::close_session&)> on_closing;
  std::atomic<std::uint32_t> failing_slot{~0u}; ///< sending to this session throws
  mutable std::atomic<int> strays{0};

 private:
  void check(std::uint16_t shard) const { strays += !loops[shard]->on_this_thread(); }

  std::mutex mutex_;
  std::condition_variable changed_;
  recording_egress index_;
  std::map<session_ref, std::size_t> sent_;
};

/// A node on threads; its clients may be used from the test's thread.
class threaded_node {
 public:
  explicit threaded_node(std::uint16_t shards = 2);
  ~threaded_node();

  session_ref open(std::uint16_t shard);
  void say(session_ref who, std::string wire);
  void drop(session_ref who, engineio::close_reason why = engineio::close_reason::transport_close);

  threaded_egress egress;
  actors::metrics counts;
  std::shared_ptr<lab_logic> lab = std::make_shared<lab_logic>();

 private:
  std::unique_ptr<ports::authenticator> authenticator_;
  std::unique_ptr<logic::namespaces> namespaces_;
  std::uint32_t next_slot_ = 0;
  std::mutex mutex_;
  std::map<session_ref, std::unique_ptr<ports::session_sink>> sinks_; ///< each touched on its shard's thread only

 public:
  std::unique_ptr<actors::actor_layer> layer;
};

} // namespace troupe::test
