#pragma once

#include "core/engineio/handshake.hpp"
#include "core/identity.hpp"
#include "core/logic/effects.hpp"
#include "core/session_ref.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::logic {

/// The socket (one connection in one namespace) on whose behalf logic runs. Lives as long as the socket.
struct socket_info {
  std::string id;                     ///< 20 characters, public; also the name of the socket's own room
  std::string nsp;
  session_ref session;
  identity who;
  std::string auth;                   ///< CONNECT payload, JSON text; empty: none
  engineio::handshake_ptr shake;
  std::shared_ptr<void> user_data;    ///< the library's per-socket data
  std::vector<std::string> rooms;     ///< joined rooms, without the socket's own
  bool recovered = false;             ///< it was here before, and the client has got everything it missed
  std::string refusal_data;           ///< JSON text, set by a refusing on_connect: CONNECT_ERROR's data instead of {code}
};

/// An event as it came: `args` is the JSON array without the event name (`[1,{"a":2}]`, may be `[]`).
struct inbound_event {
  std::string name;
  std::string_view args;
  const std::vector<std::string>& attachments;
  bool wants_ack = false;
  unix_ms now = 0;
  std::uint64_t ack_id = 0; ///< of the request, when `wants_ack`; for a `reply` that comes later
};

/// The rules of one namespace. One object serves all its sockets on all shards: methods may be called from several threads
/// at once and must not block.
class namespace_logic {
 public:
  virtual ~namespace_logic() = default;
  /// Identity is already checked. An error becomes CONNECT_ERROR {message, data:{code}}.
  virtual result<effects> on_connect(socket_info& socket) = 0;
  virtual effects on_event(socket_info& socket, const inbound_event& event) = 0;
  /// `reason` as in Socket.IO; rooms are still listed in `socket.rooms`.
  virtual void on_disconnect(socket_info& socket, std::string_view reason) = 0;
  /// What whoever asks for sockets, on any node, may see of the application's own state of this one: JSON text; empty: nothing.
  virtual std::string shown_data(const socket_info&) { return {}; }
};

/// Something that the program on another node, or on this one, says to the programs on all nodes.
struct server_event {
  /// Nothing: there is no answer to wait for. To be called once at most, from any thread.
  using reply_function = std::function<void(std::optional<arguments>)>;
  std::string nsp, name;
  arguments args;
  reply_function reply; ///< empty: no answer is wanted
};

/// Which namespaces exist. Called on any shard thread.
class namespaces {
 public:
  virtual ~namespaces() = default;
  /// Null: the namespace does not exist and CONNECT is answered by "Invalid namespace".
  virtual std::shared_ptr<namespace_logic> find(std::string_view nsp) = 0;
  /// Must not block.
  virtual void on_server_event(server_event e) {
    if (e.reply)
      e.reply(std::nullopt);
  }
};

} // namespace troupe::logic
