#pragma once

#include "actors/pinned.hpp"
#include "actors/presence_messages.hpp"

#include <memory>
#include <string>

namespace troupe::actors {

/// A user as seen from this node: sockets, who watches, direct messages. Like a room it speaks through the egress queues
/// only, so a queued message always leaves before a newer one.
class presence_actor : public pinned {
 public:
  presence_actor(caf::actor_config& cfg, shard& home, std::string user, std::shared_ptr<presence::ledger> book);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.presence"; }
  std::string describe() const override { return "presence user=" + user_; }

 private:
  void on_end() override;
  void on_wake();
  void on_op(presence_op& op);
  void on(presence_attach& m);
  void on(presence_detach& m);
  void on(presence_status& m);
  void on(presence_watch& m);
  void on(presence_unwatch& m);
  void on(presence_direct& m);
  void on(presence_recover& m);
  void on(presence_describe& m);

  void tell_watchers(std::string_view event, const std::string& object);
  void tell_update();
  /// Gives a direct message its stamp and sends or queues it.
  void dispatch(presence_direct& m, const presence::dispatched& place);
  void deliver(const std::string& nsp, const outbound_ptr& what);
  void answer(const presence_direct& m, const presence::dispatched& place);
  void count_online(bool online);

  const std::string user_;
  presence::presence_model model_;
  std::uint64_t seen_ = 0;
  bool counted_online_ = false;
};

} // namespace troupe::actors
