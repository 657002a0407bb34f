#pragma once
// Questions that one node asks several, and their answers. docs/cluster.md tells the protocol.

#include "base/time.hpp"
#include "core/cluster/wide_wire.hpp"
#include "core/engineio/handshake.hpp"
#include "core/identity.hpp"
#include "core/logic/effects.hpp"
#include "core/recovery/journal.hpp"
#include "core/session_ref.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::cluster {

inline constexpr std::uint64_t max_found = 1'000'000;      ///< things that one question may ask for
inline constexpr duration max_question_time{3'600'000};

// -- questions --

/// Sockets that a selection names; of one user only, if `user` is not empty.
struct find_sockets {
  wide_selection of;
  std::string user;
  std::uint64_t max = 0;
  bool handshakes = false; ///< with what each client said at its handshake and at CONNECT
};
struct find_members { std::string nsp, room; std::uint64_t max = 0; };
/// Rooms whose home is the node that is asked, so that each is found once.
struct find_rooms { std::uint64_t max = 0; };
/// A `join`, `leave` or `disconnect` for all selected sockets.
struct command { wide_message what; };
struct disconnect_user { std::string user, nsp; bool close_transport = false; };
/// An event that every selected client is asked to acknowledge. `timeout`: answers that come later are not wanted.
struct ask_clients {
  wide_selection to;
  std::string event;
  logic::arguments args;
  bool is_volatile = false;
  bool compress = true;
  duration timeout{0};
};
/// Effects on behalf of one socket: `reply`, `emit` without acknowledgement, `join`, `leave` and `disconnect` only.
struct act { std::string nsp, socket_id; logic::effects what; };
/// For the program around the node (`serverSideEmit`).
struct server_event { std::string nsp, event; logic::arguments args; bool wants_ack = false; };

/// The client of this socket has come back elsewhere: its connection here is dead. What did its shard say of `rooms` (marks of
/// core/recovery/place.hpp) before `event`, the last that the client got? `event.room` 0: nobody wants to know.
struct give_up_session {
  std::string nsp, socket_id;
  session_ref session;
  recovery::said event;
  std::vector<std::uint64_t> rooms;
};

using question_body = std::variant<find_sockets, find_members, find_rooms, command, disconnect_user, ask_clients, act, server_event, give_up_session>;

/// `number` 0: nobody waits for an answer.
struct question {
  std::uint64_t number = 0;
  question_body body;
};

// -- answers --

struct found_socket {
  std::string id, nsp;
  identity who;
  engineio::handshake_ptr shake;  ///< null when not asked for
  std::vector<std::string> rooms;
  std::string auth;               ///< the CONNECT payload, JSON text; empty: none, or not asked for
  std::string data;               ///< what the application shows of the socket, JSON text; empty: nothing
  std::string node;               ///< id of its node; does not travel: whoever asked knows who answered
};
struct found_member { std::string socket_id, user_id; };
struct found_room { std::string nsp, room; std::uint64_t members = 0, seq = 0; };
struct client_answer { std::string socket_id; logic::arguments args; };

struct sockets_found { std::vector<found_socket> list; };
/// `count`: members in the whole cluster, as the room's replica knows.
struct members_found { std::vector<found_member> list; std::uint64_t count = 0; };
struct rooms_found { std::vector<found_room> list; std::uint64_t count = 0; };
/// Sockets that were there for a `command`, `disconnect_user` or `act`.
struct carried_out { std::uint64_t sockets = 0; };
struct clients_answered { std::vector<client_answer> list; };
struct server_answered { logic::arguments args; };
/// Nothing: the journal does not reach back so far.
struct session_given_up { std::optional<recovery::places_before> places; };
/// The node has too many questions to answer already.
struct declined {};

using answer_body = std::variant<sockets_found, members_found, rooms_found, carried_out, clients_answered, server_answered, declined,
                                 session_given_up>;

/// One part of a node's answer. Parts may overtake each other; the answer is whole when as many things have come as one of its
/// parts says there are.
struct answer {
  std::uint64_t number = 0;
  std::optional<std::uint64_t> total; ///< things in all parts of this node together
  bool cut = false;                   ///< there would have been more
  answer_body body;
};

/// How many things a part brings.
std::uint64_t things_in(const answer_body& b);

/// Whether these effects may travel in an `act`.
bool may_travel(const logic::effects& what);

/// `q` must keep to the limits above, and an `act` to what may travel.
std::string encode(const question& q);
/// As many parts as it takes to keep each below about `part_bytes`. What does not fit into `max_bytes` altogether is left out,
/// and the answer is `cut`. `a.total` is set by this function.
std::vector<std::string> encode_whole(answer a, std::size_t part_bytes, std::size_t max_bytes);
/// A part by itself, as it is.
std::string encode(const answer& a);

/// Nothing when the bytes are not exactly one question or answer within the limits.
std::optional<question> decode_question(std::string_view bytes);
std::optional<answer> decode_answer(std::string_view bytes);
/// Which of the two these bytes want to be.
bool is_answer(std::string_view bytes);

} // namespace troupe::cluster
