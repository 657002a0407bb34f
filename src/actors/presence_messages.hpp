#pragma once
// What presences are told. Everything reaches a presence through the directory part of its shard.

#include "actors/actor_layer.hpp"
#include "actors/room_messages.hpp"
#include "core/logic/effects.hpp"
#include "core/presence/presence_model.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace troupe::actors {

class watch_answer;

/// A socket of the user is there; queued direct messages go to it at once.
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
};

/// First message to the successor of a failed presence: sockets and watchers report again.
struct presence_recover {};

/// Asks for the state now.
struct presence_describe {
  std::function<void(user_summary)> found;
};

using presence_op = std::variant<presence_attach, presence_detach, presence_status, presence_watch, presence_unwatch,
                                 presence_direct, presence_recover, presence_describe>;

} // namespace troupe::actors
