#pragma once
// What application logic asks for. Logic (built-in events, event rules, C++ handlers of the library) never touches actors
// or sockets: it returns effects, and the connection actor carries them out in order.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/room/history_query.hpp"
#include "core/room/safety.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::logic {

/// Arguments of an event as they go over the wire: JSON texts joined by commas, without the brackets and without the event
/// name, e.g. `{"room":"a"},1`. Binary values are placeholders into `attachments`.
struct arguments {
  std::string json;
  std::vector<std::string> attachments;
};

/// Answers the client's acknowledgement request, if it made one; the first answer counts. `ack_id` says which request, for
/// answers that come after their event was handled; without it the event being handled is meant.
struct reply { arguments args; std::optional<std::uint64_t> ack_id; };

/// To this socket only. `on_ack`, when set, is called once, on the connection's thread: with the client's arguments, or
/// with an error (`ack_timeout`, `disconnected`).
struct emit {
  std::string event;
  arguments args;
  bool is_volatile = false;
  bool compress = true;
  std::function<void(result<arguments>)> on_ack;
  duration ack_timeout{0}; ///< 0: wait as long as the connection lives
};

/// The socket becomes a member of the room. With `acknowledge` the room answers the client's ack by
/// `{"ok":true,"room":...,"members":n}`; with `announce` the other members see `room_joined`.
struct join { std::string room; bool announce = false; bool acknowledge = false; };
struct leave { std::string room; bool announce = false; bool acknowledge = false; };

/// Answers the client's ack by `{"ok":true,"room":..,"members":[{"socketId":..,"userId":..}],"count":n}`: at most `max` of
/// the members, `count` says how many there are.
struct list_room_members { std::string room; std::size_t max = 1'000; };

/// Answers the client's ack by what was said in the room, as far as it keeps its history: room::page_args.
struct read_history { std::string room; room::history_query what; };

/// Through the room's sequencer to every member.
struct publish {
  std::string room;
  std::string event;
  arguments args;
  bool stamp = false;        ///< args.json is one JSON object without its closing brace; the room appends `,"ts":..,"seq":..}`
  bool include_sender = true;
  bool is_volatile = false;
  std::string id;            ///< the client's idempotency id: a repeat within the room's memory is answered, not repeated
  bool acknowledge = false;  ///< the room answers the client's ack by `{"ok":true,"id":..,"room":..,"seq":..}`
  bool members_only = false; ///< refused with `not_in_room` unless the sender is a member
  bool confirm = false;      ///< once taken, the sender gets `message:sent {"id":..,"status":"sent"}`
  room::safety level = room::safety::home; ///< less is answered by `level_not_reached`; rooms may demand more
};

/// To several rooms, or to everybody in the namespace (no rooms), each socket once, without a room's sequence.
struct broadcast {
  std::vector<std::string> rooms;
  std::vector<std::string> except; ///< room names or socket ids
  bool include_sender = true;
  std::string event;
  arguments args;
  bool is_volatile = false;
  bool compress = true;
  bool here_only = false;          ///< not to other nodes
};

/// To every socket of a user, wherever; queued while the user is away (within `offline.*` limits). The sender's ack is
/// `{"ok":true,"id":..,"status":"delivered"|"queued"|"sent"}` and it gets `message:sent {id,status}`.
struct direct {
  std::string user;
  std::string event;
  arguments args;     ///< one JSON object without its closing brace; `,"ts":..,"seq":..}` is appended
  std::string id;
  bool acknowledge = true;
};

/// Starts watching users; the ack carries their states now.
struct watch_presence { std::vector<std::string> users; };
struct unwatch_presence { std::vector<std::string> users; };
/// The user's own word: "online", "away", "busy", ...
struct set_status { std::string status; };

/// Typing in a room: the others see `typing {room,userId,typing}`; ends by itself after `typing.timeout_ms`.
struct typing { std::string room; bool active = true; };

/// Optimistic concurrency on a document of a room: applied when `base_version` is the current one, else the ack is a
/// `version_conflict` error with the current version.
struct update_document { std::string document; std::string changes; std::uint64_t base_version = 0; };

/// To the node's event log (topic, one JSON object); never to clients.
struct record { std::string topic; std::string json; };

struct disconnect { bool close_transport = false; };

/// Refuses the event: the ack, if asked for, is `{"ok":false,"error":{code,message}}`; without an ack the client gets the
/// event `error` with the same object. Logged once, counted by code. `silent`: only counted.
struct refuse { error why; bool silent = false; };

using effect = std::variant<reply, emit, join, leave, list_room_members, read_history, publish, broadcast, direct, watch_presence,
                            unwatch_presence, set_status, typing, update_document, record, disconnect, refuse>;
using effects = std::vector<effect>;

/// These effects in this order. Unlike braces, which copy what they hold, it moves them.
template<class... E>
effects effects_of(E&&... e) {
  effects all;
  all.reserve(sizeof...(E));
  (all.emplace_back(std::forward<E>(e)), ...);
  return all;
}

} // namespace troupe::logic
