#pragma once
// What connections are told: by their session's sink (packets, end), by rooms and presences, by the facade.

#include "actors/actor_layer.hpp"
#include "actors/gather.hpp"
#include "actors/keys_messages.hpp"
#include "actors/room_messages.hpp"
#include "core/engineio/close_reason.hpp"
#include "core/logic/effects.hpp"
#include "core/presence/waiting.hpp"
#include "core/recovery/missed.hpp"
#include "core/socketio/decoder.hpp"
#include "ports/session_sink.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace troupe::actors {

/// A packet from the client, and the parser it speaks.
struct inbound {
  socketio::packet packet;
  socketio::parser format = socketio::parser::json;
};

/// The session is over: sockets end, then the actor.
struct session_over {
  engineio::close_reason why;
};

/// A room, a presence or a directory could not do what an event asked for.
struct refused {
  std::string nsp;
  ack_id ack;
  error why;
  std::string room_not_joined; ///< the room that the socket believed to be in; empty: none
};

/// A restarted room asks whether this connection is a member.
struct report_room {
  std::string key;
};

/// A restarted presence asks for sockets and watchers of the user.
struct report_user {
  std::string user;
};

/// Carry out effects on behalf of one socket.
struct perform {
  std::string nsp;
  std::string socket_id;
  logic::effects what;
  std::function<void(bool)> done;
};

/// Events that waited for the socket's user, oldest first. `done` hears, once, whether the session has taken them; with `acked` set the
/// client is asked to acknowledge each, and `acked` hears the ids of those that it did.
struct deliver_waiting {
  std::string nsp;
  std::vector<presence::waiting> what;
  std::function<void(bool taken)> done;
  std::function<void(const std::string& id)> acked;
};

/// Asks for the sockets that a selection matches.
struct describe_sockets {
  std::shared_ptr<const selection> of;
  bool handshakes = false;
  gather_ptr<socket_summary> into;
};

/// Asks for all sockets of the connection.
struct report_sockets {
  gather_ptr<socket_entry> into;
};

// -- recovery --

/// A room has taken the socket in after this message. The join is to be answered when the store has the session with it.
struct room_entered {
  std::string nsp, room;
  recovery::place after;
  ack_id ack;
  std::uint64_t members = 0;
};

/// The store did not keep the session of this socket.
struct session_unsaved {
  std::string nsp, socket_id;
  bool taken = false;                ///< because another connection has taken the session
  std::function<void()> when_saved;  ///< what is to be done when it is kept after all
};

/// A room's answer to `room_resume`: what the client missed, up to and including `to`; what comes later is sent to it live.
struct room_resumed {
  std::string nsp, room;
  recovery::place to;
  result<std::vector<cluster::message_ptr>> missed;
};

/// A session that was taken out of the store; goes back to who had it, unless somebody takes it in.
class session_claim {
 public:
  explicit session_claim(std::function<void()> give_back) : give_back_(std::move(give_back)) {}
  session_claim(const session_claim&) = delete;
  session_claim& operator=(const session_claim&) = delete;
  ~session_claim() {
    if (give_back_)
      give_back_();
  }
  void take_in() { give_back_ = nullptr; }

 private:
  std::function<void()> give_back_;
};

/// The store's answer about the session that a client wants back.
struct session_found {
  std::string nsp;
  result<std::optional<recovery::session_record>> what;
  std::shared_ptr<session_claim> claim;
};

/// What the session's last shard had said before the event that the client showed.
struct places_found {
  std::string nsp;
  std::optional<recovery::places_before> what;
};

/// The client of this socket has come back on another connection.
struct taken_over {
  std::string nsp, socket_id;
};

/// An exception left a handler that ran outside of a message: thrown again where CAF supervises.
struct failed {
  std::exception_ptr why;
};

using connection_op =
  std::variant<session_over, refused, ports::control, report_room, report_user, perform, describe_sockets, report_sockets, room_entered,
               room_resumed, session_unsaved, deliver_waiting, session_found, places_found, taken_over, failed>;

} // namespace troupe::actors
