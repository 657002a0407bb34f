#pragma once
// What the replicas of a room, one on each node with members, say to each other.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/logic/effects.hpp"
#include "core/room/safety.hpp"
#include "core/session_ref.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::cluster {

/// Which operation of which node made a message. Operations of one node on one room are numbered in their order, so the
/// home knows a repeated one by its number.
struct origin {
  node_ref node;
  std::uint64_t op = 0;

  bool operator==(const origin&) const = default;
};

/// A message that has its place in the room. Never changes after it was made.
struct room_message {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;             ///< goes on across epochs
  unix_ms ts = 0;
  origin from;
  std::optional<session_ref> except; ///< a session of the origin's node that does not get it
  std::string user;                  ///< who published; empty: the API
  std::string id;                    ///< the client's idempotency id
  std::string event;
  logic::arguments args;
  bool is_volatile = false;
  std::uint64_t document_version = 0; ///< of an update of the room's document; 0: it is none
};
using message_ptr = std::shared_ptr<const room_message>;

/// What was asked for: a message for all members.
struct publish_op {
  std::string user, id, event;
  logic::arguments args;
  bool stamp = false;                ///< as in logic::publish
  bool is_volatile = false;
  std::optional<session_ref> except;
};
/// A change of the room's document.
struct document_op {
  std::string document, user, changes;
  std::uint64_t base = 0;
  std::optional<session_ref> except;
};
/// How many members the node has now.
struct members_op {
  std::uint64_t members = 0;
};
using op_body = std::variant<publish_op, document_op, members_op>;

struct room_op {
  std::uint64_t number = 0;
  op_body body;
};

using room::safety;

struct op_result {
  std::optional<error> failed;
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;
  unix_ms ts = 0;
  bool duplicate = false;
  safety level = safety::home;
  std::uint64_t version = 0; ///< of the document; with code `version_conflict` the present one
  std::uint64_t members = 0; ///< of the whole room
};

/// Something without a place in the order: typing, comings and goings.
struct notice {
  node_ref from;
  std::optional<session_ref> except;
  std::string event;
  std::string json; ///< its arguments
};

// -- to the home --

/// "Send me what the room says from here on." Promises to listen to no lower epoch any more.
struct follow {
  std::uint64_t promised = 0;        ///< the home's epoch
  std::uint64_t epoch = 0, seq = 0;  ///< what this node has delivered last
  std::uint64_t members = 0;
  std::uint64_t document_version = 0;
  std::vector<message_ptr> tail;     ///< the last messages, oldest first, when the home is new
};
/// "I have no members any more."
struct unfollow {};
/// An operation, sent under an epoch. The home takes it only after `previous`, the operation before it that this node has no
/// answer to (0: none): one that got lost on the way comes again, and none may overtake it meanwhile.
struct submit {
  std::uint64_t epoch = 0;
  std::uint64_t previous = 0;
  room_op op;
};
struct relay { notice what; };

// -- from the home --

/// Answer to `follow`: live from `seq` on.
struct following {
  std::uint64_t epoch = 0;           ///< the home's
  std::uint64_t last_epoch = 0, seq = 0; ///< the room's last message; with `missing` delivered, the follower is there
  std::uint64_t members = 0;
  std::uint64_t document_version = 0;
  bool complete = true;              ///< `missing` is everything that the follower has not; else some is lost for it
  std::vector<message_ptr> missing;
};
struct ordered { std::uint64_t epoch = 0; message_ptr what; };
struct told { notice what; };
struct op_done { std::uint64_t epoch = 0, number = 0; op_result result; };

using replica_message = std::variant<follow, unfollow, submit, relay, following, ordered, told, op_done>;

} // namespace troupe::cluster
