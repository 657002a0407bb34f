#pragma once
// What all actors of a node share: the ways to each other and to the clients. Any thread.

#include "actors/actor_layer.hpp"
#include "actors/broadcast_acks.hpp"
#include "actors/cluster_messages.hpp"
#include "actors/late_appends.hpp"
#include "actors/public_record.hpp"
#include "actors/query_messages.hpp"
#include "actors/directory_messages.hpp"
#include "core/cluster/wide_wire.hpp"
#include "core/frame/frame_builder.hpp"
#include "ports/links.hpp"
#include "ports/offline_store.hpp"
#include "core/recovery/heard.hpp"
#include "core/recovery/offset.hpp"
#include "ports/room_log.hpp"
#include "ports/session_store.hpp"

#include <caf/actor.hpp>

#include <array>
#include <atomic>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

class saved_journals;

class hub : public std::enable_shared_from_this<hub> {
 public:
  hub(const dependencies& d, const options& o, surroundings s);

  ports::egress& egress;
  const ports::authenticator& authenticator;
  logic::namespaces& namespaces;
  metrics& counts;
  const options opts;
  const surroundings around;
  const std::uint16_t mark; ///< this node's in offsets
  broadcast_acks acks;
  std::vector<caf::actor> directories; ///< one a shard; set before anything runs
  ports::room_log* log = nullptr;           ///< set before anything runs; null: no room keeps its history
  ports::session_store* sessions = nullptr; ///< set before anything runs; null: no session can be recovered
  std::shared_ptr<saved_journals> journals; ///< as `sessions`
  ports::offline_store* offline = nullptr;  ///< set before anything runs; null: nothing is kept for users who are away
  std::string own_id; ///< of this node; set before anything runs; empty: it is alone
  // Of a node in a cluster; set before anything runs, else null:
  ports::links* links = nullptr;
  caf::actor cluster;
  std::shared_ptr<public_record> record; ///< what other programs may read; null also when that is switched off
  caf::actor keys;                       ///< who writes it
  /// Until then this node may order rooms: its part in the cluster has looked around lately. Renewed all the time, but not by a
  /// process that was stopped.
  std::atomic<time_point> sure_until{time_point::max()};
  std::atomic<bool> log_away{false}; ///< Redis is away, for every node

  /// Looks at all rules: once in a room's life.
  const room_kind& kind_of(std::string_view room_key) const;
  void tell_cluster(higher_epoch_seen m);

  // -- recovery --
  bool recovers(std::string_view nsp) const;
  /// What any home has placed before then was handed to this node's sessions.
  unix_ms settled() const;
  /// What this node's homes cannot hand over.
  late_appends late;
  /// Tells the other nodes up to when they were sent everything, and looks at what they said. Called by the cluster's actor at every tick.
  void tell_placed();
  void know_placed(const std::string& node, std::string_view payload);
  /// A session of this node, whose client has come back elsewhere: it ends here. `told` hears what the question asks.
  void give_up_session(const cluster::give_up_session& q, std::function<void(std::optional<recovery::places_before>)> told);
  /// Leaves the shards' journals to the other nodes; nothing is said to sessions any more. `done` is let go of when they are kept.
  void leave_journals(const std::shared_ptr<void>& done);

  // -- what concerns every node --
  struct peer {
    std::string id;
    cluster::node_ref ref;
    bool linked = false;
    bool alive = false; ///< a member of the cluster, as far as this node knows
  };
  void know_peer(const ports::link_peer& p, bool linked);
  /// A node belongs to the cluster, or does no longer.
  void know_node(const std::string& id, cluster::node_ref ref, bool alive);
  /// Whether a node belongs to the cluster to which there is no link.
  bool misses_nodes() const;
  /// All others, linked or not.
  std::vector<peer> peers() const;
  /// To every linked node.
  void to_all_nodes(const cluster::wide_message& m);
  /// Carries out here what concerns every node. `reached`: see ports::control.
  void carry_out(cluster::wide_message m, std::shared_ptr<std::atomic<std::size_t>> reached = nullptr);

  unix_ms wall() const { return around.wall_clock(); }
  std::array<unsigned char, 5> random5() const;
  std::uint16_t shards() const { return egress.shards(); }

  // -- to actors, through the directory part that keeps them --
  /// The shard whose directory part keeps the room or presence of this key.
  std::uint16_t home_of(std::string_view key) const;
  void to_room(std::string key, room_op what);
  void to_presence(std::string user, presence_op what);
  void to_connection(session_ref who, connection_op what);
  void to_all_connections(const connection_op& what);
  void to_queries(query_op what);

  // -- to clients, through the shards' queues --
  frame_options frame_flags(bool is_volatile = false, bool compress = true) const;
  /// `args` as in logic::arguments.
  outbound_ptr event(std::string_view nsp, std::string_view name, logic::arguments args, frame_options flags,
                     ack_id ack = {}) const;
  /// A room's message that can be made up for: its arguments end with its offset.
  outbound_ptr message(std::string_view nsp, std::string_view name, logic::arguments args) const;
  /// An event's packet that is complete otherwise: where sessions can be recovered, no client may take a text at its end for an offset.
  void close_text(socketio::packet& p) const;
  void tell(session_ref who, outbound_ptr what);
  void tell_all(const std::vector<session_ref>& who, const outbound_ptr& what);
  /// Answers a client's ack, if it asked for one, with one argument.
  void answer(session_ref who, std::string_view nsp, ack_id ack, std::string object);
  void answer(session_ref who, std::string_view nsp, ack_id ack, logic::arguments args);
  /// To whatever a target selects, on every shard.
  void spread(ports::target to, outbound_ptr what, const std::function<void(std::size_t)>& counted = {});
  /// Rooms and socket ids become keys and sessions; no rooms: the whole namespace.
  ports::target target_of(const selection& s) const;

 private:
  static constexpr unix_ms alone = std::numeric_limits<unix_ms>::max();
  void forget_if_gone(const std::string& id);

  unix_ms told_placed_ = 0; ///< only by the cluster's actor

  mutable std::mutex peers_mutex_;
  std::map<std::string, peer> peers_; ///< by id; who is linked or alive
  recovery::heard heard_;
  std::atomic<unix_ms> heard_until_{alone}; ///< as `heard_` said last
};

/// `0.12.3`: shard, slot, generation; for the log.
std::string to_text(session_ref who);

} // namespace troupe::actors
