#pragma once

#include "actors/directory_messages.hpp"
#include "actors/entry_table.hpp"
#include "actors/pinned.hpp"
#include "actors/room_book.hpp"
#include "core/presence/presence_model.hpp"

#include <memory>
#include <string>

namespace troupe::actors {

/// The directory part of one shard: the only way to its rooms and presences, which it makes on demand, watches, restarts
/// when they fail and ends when they are idle; and the way to its connections.
class directory : public pinned {
 public:
  directory(caf::actor_config& cfg, std::shared_ptr<shard> home);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.directory"; }
  std::string describe() const override { return "directory shard=" + std::to_string(home().index); }

  /// Called by the shard's other actors: passes `what` on if there is such a room; otherwise nothing has happened.
  bool forward(const std::string& key, room_op& what);

 private:
  using rooms = entry_table<room_book>;
  using presences = entry_table<presence::ledger>;

  void on_end() override;
  void on(to_room& m);
  void on(to_presence& m);
  void on(to_connection& m);
  void on(to_all_connections& m);
  void on(const room_idle& m);
  void on(const presence_idle& m);
  void on(const list_rooms& m);
  void on(to_queries& m);
  void on(const slots_news& m);
  void on(const peer_news& m);
  void on(const to_all_rooms& m);
  void on(const close_connections& m);
  void on(const end_entries& m);
  void on(connection_ended);
  void on_down(const caf::down_msg& m);

  rooms::entry* make_room(const std::string& key);
  presences::entry* make_presence(const std::string& user);
  void refuse(const std::string& key, room_op& op);
  void refuse(presence_op& op);
  // directory_lifecycle.cpp
  void watch(const caf::actor& entry);
  void start_queries();
  void forget_room(const rooms::entry& e);
  void delete_history(const std::string& key, const rooms::entry& e);
  void restart_room(const std::string& key, rooms::entry& e);
  void restart_presence(const std::string& user, presences::entry& e);
  void give_up_room(const std::string& key);
  void release_closed();

  std::shared_ptr<shard> home_;
  rooms rooms_;
  presences presences_;
  last_seen_memory last_seen_;
  caf::actor queries_;                      ///< of the first shard
  std::size_t alive_ = 0;                   ///< actors that are watched
  bool ending_ = false;
  std::shared_ptr<void> connections_closed_; ///< released when no connection is left
};

} // namespace troupe::actors
