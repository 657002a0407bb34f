#pragma once
// What presences are told. Everything reaches a presence through the directory part of its shard.

#include "actors/actor_layer.hpp"
#include "actors/room_messages.hpp"
#include "core/logic/effects.hpp"
#include "core/presence/presence_model.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace troupe::actors {

class watch_answer;

/// A socket of the user is there; what waits for the user goes to it first.
struct presence_attach {
  presence::place socket;
};

/// A socket of the user is gone.
struct presence_detach {
  presence::place socket;
};

/// The user's own word.
struct presence_status {
  std::string word;
};

/// A socket wants to hear about the user. `answer` collects the state now; null: not asked for.
struct presence_watch {
  presence::place watcher;
  std::shared_ptr<watch_answer> answer;
};

/// And no longer.
struct presence_unwatch {
  presence::place watcher;
};

/// A direct message to the user.
struct presence_direct {
  std::optional<session_ref> sender; ///< nothing: the API
  std::string from;                  ///< the sender's user id, for the idempotency id
  std::string nsp;
  logic::direct what;
  ack_id ack;
  std::function<void(result<direct_outcome>)> done;
  bool of_peer = false;              ///< another node's wish, which that node repeats to a new home
};

/// First message to the successor of a failed presence: sockets and watchers report again.
struct presence_recover {};

/// Asks for the state now.
struct presence_describe {
  std::function<void(user_summary)> found;
};

/// Ends the user's sockets on this node, in one namespace. `reached`: see ports::control.
struct presence_disconnect {
  std::string nsp;
  bool close_transport = false;
  std::shared_ptr<std::atomic<std::size_t>> reached;
};

// -- of the queue of those who are away --

/// What the store says: of a message that was to wait, and what waits.
struct presence_queued {
  std::uint64_t token = 0;
  result<presence::pushed> what;
};
struct presence_waiting {
  std::uint64_t token = 0;
  result<presence::queue_content> found;
};
/// A socket of this node has taken what waited (these ids), or is gone.
struct presence_given {
  std::uint64_t token = 0;
  cluster::node_ref home; ///< who gave it; {}: this node
  session_ref socket;
  std::vector<std::string> ids;
  bool taken = false;
};

/// What is stored of the user, whom nobody here knew.
struct presence_remembered {
  std::optional<unix_ms> last_seen;
};

/// A node died that had a socket of the user, and perhaps was the user's home: whoever is that now makes sure that the user is not held
/// to be online.
struct presence_bereft {};

// -- of the cluster --

/// The home of the user's slot is now there. `reported` is let go when it has been told what this node has.
struct presence_home {
  cluster::slot_home home;
  std::shared_ptr<void> reported;
};
struct presence_peer {
  cluster::node_ref node;
  room_peer::news what = room_peer::news::up;
};
/// The user's replica on another node says something (core/presence/presence_wire.hpp).
struct presence_from_peer {
  cluster::node_ref from;
  std::string payload;
};

using presence_op = std::variant<presence_attach, presence_detach, presence_status, presence_watch, presence_unwatch,
                                 presence_direct, presence_recover, presence_describe, presence_disconnect, presence_home, presence_peer,
                                 presence_from_peer, presence_remembered, presence_bereft, presence_queued, presence_waiting, presence_given>;

} // namespace troupe::actors
