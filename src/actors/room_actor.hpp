#pragma once

#include "actors/pinned.hpp"
#include "actors/room_messages.hpp"

#include <memory>
#include <string>

namespace troupe::actors {

/// A room: the only one who gives its messages their order. Everything the room says, the ack of a join included, leaves
/// through the egress queue of the receiver's shard, so what it said first arrives first.
class room_actor : public pinned {
 public:
  room_actor(caf::actor_config& cfg, shard& home, std::string key, std::shared_ptr<room::ledger> book);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.room"; }
  std::string describe() const override;

 private:
  void on_end() override;
  void on_wake();
  void on_op(room_op& op);
  void on(room_join& m);
  void on(room_leave& m);
  void on(room_publish& m);
  void on(room_typing& m);
  void on(room_document& m);
  void on(room_members_asked& m);
  void on(room_recover& m);
  void on(room_describe& m);
  void on(room_list_members& m);

  std::string_view nsp() const;
  /// One hand-over to each shard that has members.
  void fan_out(const outbound_ptr& what, std::optional<session_ref> except = {});
  void announce(std::string_view event, std::string object, std::optional<session_ref> except);
  void tell_typing(const room::member& who, bool active);
  void confirm(const room_publish& m);
  void refuse(session_ref who, ack_id ack, error why, std::string room_not_joined = {});

  const std::shared_ptr<const std::string> key_;
  room::room_model model_;
  std::uint64_t seen_ = 0; ///< messages from the directory
};

} // namespace troupe::actors
