#pragma once
// The actors seen from outside: what the wiring, the HTTP API and the library call. No CAF in this header.

#include "actors/cluster_messages.hpp"
#include "actors/keys_messages.hpp"
#include "actors/metrics.hpp"
#include "actors/options.hpp"
#include "base/error.hpp"
#include "core/cluster/query_book.hpp"
#include "core/identity.hpp"
#include "core/logic/effects.hpp"
#include "core/logic/namespace_logic.hpp"
#include "core/presence/presence_model.hpp"
#include "ports/authenticator.hpp"
#include "ports/egress.hpp"
#include "ports/offline_store.hpp"
#include "ports/room_log.hpp"
#include "ports/run_loop.hpp"
#include "ports/session_sink.hpp"
#include "ports/session_store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

struct keys_metrics;

/// Everything the actors stand on. All of it must outlive the layer's `stop`.
struct dependencies {
  ports::egress& egress;
  std::vector<ports::run_loop*> loops; ///< one per shard of `egress`; empty: CAF's test coordinator runs everything
  const ports::authenticator& authenticator;
  logic::namespaces& namespaces;
  metrics& counts;
  struct cluster_setup* cluster = nullptr; ///< of a node that has others; null: it is alone
  ports::room_log* log = nullptr;          ///< of a node that is alone and keeps its rooms' history
  ports::session_store* sessions = nullptr;///< null: no session can be recovered
  ports::offline_store* offline = nullptr; ///< null: nothing is kept for users who are away
};

/// Which sockets of a namespace: members of any of `rooms` (room names or socket ids; none: the whole namespace), less
/// members of any of `except`.
struct selection {
  std::string nsp = "/";
  std::vector<std::string> rooms;
  std::vector<std::string> except;
  std::string user = {};  ///< only this user's; for `list_sockets`
  bool here_only = false; ///< only on this node; else on all nodes of the cluster
};

/// A message that got its place in a room.
struct published {
  std::uint64_t seq = 0;
  unix_ms ts = 0;
  bool duplicate = false;
  std::optional<room::safety> level = std::nullopt; ///< nothing: the room keeps no history
  std::optional<error> too_low = std::nullopt;      ///< the level is less than demanded (`level_not_reached`)
};

using delivery = presence::delivery_status; ///< `sent`: nobody is there and nothing was kept
struct direct_outcome { delivery status = delivery::sent; unix_ms ts = 0; bool duplicate = false; };

/// How far the nodes of the cluster have answered.
struct reach {
  std::vector<cluster::silent_node> silent; ///< nodes whose answer is not in it, or not whole
  bool cut = false;                         ///< there was more than asked for, or than cluster.max_answer_bytes
  std::optional<error> failed;              ///< nobody was asked: `overloaded`
};

struct ack_summary : reach {
  std::size_t expected = 0;                                          ///< sockets that were asked
  std::vector<std::pair<std::string, logic::arguments>> answers;     ///< socket id -> its arguments
};
/// Answers of programs on other nodes; those that do not listen to the event are not expected to answer.
struct server_summary : reach {
  std::size_t expected = 0;
  std::vector<std::pair<std::string, logic::arguments>> answers;     ///< node id -> its arguments
};
/// What became of a command to sockets.
struct control_outcome : reach { std::size_t sockets = 0; };

using room_summary = cluster::found_room;
using member_summary = cluster::found_member;
using socket_summary = cluster::found_socket;
template <class T>
struct found : reach {
  std::vector<T> list;
  std::uint64_t total = 0; ///< rooms, members: how many there are, also beyond the list
};
enum class where { cluster, here };
/// `unreachable`: the socket's node is known, but gave no answer. `too_much`: effects that do not travel to other nodes.
enum class performed { done, unknown_socket, unreachable, too_much };
struct user_summary { bool online = false; std::string status; std::optional<unix_ms> last_seen; std::size_t sockets = 0; };

/// Connections, rooms, presences and their directories. Every function may be called from any thread until `stop`; callbacks
/// come once, on an actor's thread, and must not block; what they throw is logged. A callback may be left out.
class actor_layer {
 public:
  explicit actor_layer(dependencies d, options o = {}, surroundings s = {});
  /// Calls `stop` if nobody did. The loops should have ended since, so that nothing they still hold comes back here.
  ~actor_layer();
  actor_layer(const actor_layer&) = delete;
  actor_layer& operator=(const actor_layer&) = delete;

  /// What net gives its sessions to.
  ports::session_acceptor& acceptor();

  /// Through the room's sequencer, as if a member that is nobody had sent it: `include_sender`, `acknowledge` and
  /// `members_only` do not apply; `stamp` and `id` do. Errors: `room_limit`, `invalid_room`.
  void publish(std::string nsp, logic::publish what, std::function<void(result<published>)> done = {});

  /// Without a room's sequence: `rooms`, `except` and `include_sender` of `what` are those of `to`.
  void broadcast(selection to, logic::broadcast what);

  /// Every receiver is asked to acknowledge; `done` comes when all have, or after `timeout` (an hour at most) with the answers so
  /// far.
  void broadcast_with_ack(selection to, logic::broadcast what, duration timeout, std::function<void(ack_summary)> done);

  /// To every socket of a user in the namespace. Errors: `user_limit`.
  void direct(std::string nsp, logic::direct what, std::function<void(result<direct_outcome>)> done = {});

  /// Carries out effects on behalf of one socket, in order, as if its own logic had returned them after an event without
  /// ack. `done` hears whether the socket was there. Of a socket of another node only what cluster::may_travel allows.
  void perform(std::string nsp, std::string socket_id, logic::effects what, std::function<void(performed)> done = {});

  /// Joins, removes from rooms, or disconnects every selected socket. With `done` it is told when they have carried it out and the
  /// rooms know; that costs a question to all nodes.
  void control(selection of, std::variant<ports::control_join, ports::control_leave, ports::control_disconnect> command,
               std::function<void(control_outcome)> done = {});
  /// Every socket of a user in the namespace, on all nodes.
  void disconnect_user(std::string nsp, std::string user, bool close_transport, std::function<void(control_outcome)> done);

  // Questions to all nodes, answered within options::query_timeout.
  /// At most `max` rooms of any namespace, in no particular order.
  void list_rooms(std::size_t max, std::function<void(found<room_summary>)> done, where of = where::cluster);
  /// At most `max` members of one room; empty when there is no such room.
  void list_members(std::string nsp, std::string room, std::size_t max, std::function<void(found<member_summary>)> done,
                    where of = where::cluster);
  /// At most `max` of the selected sockets (without `rooms`: of the namespace). `handshakes`: with handshake, CONNECT payload and what
  /// the application shows of them.
  void list_sockets(selection of, std::size_t max, std::function<void(found<socket_summary>)> done, bool handshakes = false);
  void find_user(std::string user, std::function<void(user_summary)> found);
  /// What was said in a room, as far as its history is kept. Errors: `history_off`, `log_unavailable`.
  void read_history(std::string nsp, std::string room, room::history_query what, std::function<void(result<room::history_page>)> done);

  /// To the programs on all other nodes (logic::namespaces::on_server_event).
  void emit_to_servers(std::string nsp, std::string event, logic::arguments args);
  /// And `done` hears what they answer, when all have or after `timeout`.
  void ask_servers(std::string nsp, std::string event, logic::arguments args, duration timeout, std::function<void(server_summary)> done);

  /// Ends every actor while the shards' loops still run: connections first (their logic hears "server shutting down"), then
  /// rooms and presences, then directories. Not from a shard's thread. False when `limit` was not enough; then the process
  /// should leave without destroying the layer.
  bool stop(duration limit);

  // -- of a clustered node --
  /// Gives every slot to other nodes, or (`on` false) takes slots again. `done` is let go when none is left.
  void drain(bool on, std::shared_ptr<void> done);
  /// Compares the store with the actors of all nodes, and corrects it if `repair`. False: other programs are told nothing, so there
  /// is nothing to compare; `done` is not called.
  bool examine(bool repair, std::function<void(doctor_outcome)> done);
  /// Null: other programs are told nothing. Lives as long as the layer.
  const keys_metrics* keys_counters() const;
  /// Pins the slot of a room to a node, or (empty) unpins it. Errors: `slot_pinned`, `registry_unavailable`.
  void pin(std::string nsp, std::string room, std::string node, std::function<void(result<bool>)> done);

  struct parts; ///< for actor tests

  parts& inside() { return *parts_; }

 private:
  void ask(struct query_ask q);
  std::unique_ptr<parts> parts_;
};

} // namespace troupe::actors
