#pragma once

#include "actors/room_messages.hpp"
#include "actors/shard.hpp"
#include "base/time.hpp"

#include <caf/event_based_actor.hpp>

#include <optional>
#include <string>

namespace troupe::actors {

/// An actor that runs on its shard's thread, whoever sends to it. Handlers may therefore use the shard's tables and timers
/// and the egress functions that are bound to the thread. Without a shard loop (tests) CAF's scheduler runs it.
class pinned : public caf::event_based_actor {
 public:
  pinned(caf::actor_config& cfg, shard& home);

  using caf::event_based_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) override;
  void launch(caf::execution_unit* unit, bool lazy, bool hide) override;
  void on_exit() final;

  /// For the log: what this actor stands for.
  virtual std::string describe() const = 0;

 protected:
  shard& home() const { return home_; }
  class hub& hub() const { return home_.hub; }
  time_point now() { return home_.now(); }

  /// To the room of this key, through the directory part that has it. In order with what else this thread sends there; a room of
  /// this shard that is known already gets it without the detour.
  void send_to_room(std::string key, room_op what);

  /// One `wake` message at this time instead of the one asked for before; nothing: none.
  void wake_at(std::optional<time_point> at) { home_.timers.set(*this, at); }

  /// Last words, on the shard's thread, also after a failure.
  virtual void on_end() = 0;

 private:
  friend class shard_timers;
  shard& home_;
  std::optional<time_point> wake_; ///< kept by the shard's timers
};

} // namespace troupe::actors
