#pragma once

#include "troupe/broadcast_operator.hpp"
#include "troupe/fwd.hpp"
#include "troupe/value.hpp"

#include <any>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The client's answer to `emit_with_ack`: the arguments (an array), or nothing with the reason (`ack_timeout`,
/// `disconnected`).
struct ack_reply {
  std::optional<value> args;
  std::string reason;
};

/// One socket, from any thread and after its handler has returned. What is asked of a socket that has left is ignored.
class socket_handle {
 public:
  const std::string& id() const { return id_; }
  const std::string& nsp() const { return nsp_; }
  template<class... Args>
  void emit(std::string_view event, Args&&... args) const {
    emit_args(event, value::array({value(std::forward<Args>(args))...}));
  }
  void emit_args(std::string_view event, const value& args) const;
  /// `done` comes once on an internal thread. The reason of a missing answer is `disconnected` (there is no such socket),
  /// `ack_timeout` or `overloaded`.
  void emit_with_ack(std::string_view event, const value& args, std::chrono::milliseconds timeout,
                     std::function<void(ack_reply)> done) const;
  void join(std::string_view room) const;
  void leave(std::string_view room) const;
  void disconnect(bool close_transport = false) const;

 private:
  friend class socket;
  friend class io_namespace;
  std::weak_ptr<embed::core> core_;
  std::string nsp_;
  std::string id_;
};

/// One client in one namespace, inside a handler: on the thread of its connection, valid until the handler returns (take
/// `handle()` for later). What a handler asks for happens in the order in which it was asked.
class socket {
 public:
  const std::string& id() const;
  const std::string& nsp() const;
  const std::string& user_id() const;
  const std::string& tenant_id() const;
  bool has_role(std::string_view role) const;
  bool has_permission(std::string_view permission) const;
  /// What the client passed as `auth`; an empty object if nothing.
  value auth() const;
  /// A header of the opening request, by its name in lower case; empty if it was not sent.
  std::string_view header(std::string_view name) const;
  /// A parameter of the opening request's query.
  std::string_view query(std::string_view name) const;
  std::string_view address() const;
  /// Whether it was here before and has got everything it missed (`recovery.enabled`; Socket.IO's `socket.recovered`). It is in its
  /// rooms already; `data()` is new.
  bool recovered() const;
  /// Joined rooms, without the socket's own.
  const std::vector<std::string>& rooms() const;
  /// For the application's own state of this socket. If it is a `troupe::value`, `fetch_sockets` shows it on every node.
  std::any& data();

  template<class... Args>
  void emit(std::string_view event, Args&&... args) {
    emit_args(event, value::array({value(std::forward<Args>(args))...}));
  }
  void emit_args(std::string_view event, const value& args);
  /// May be lost when the client cannot take it right now.
  void emit_volatile(std::string_view event, const value& args);
  /// `done` comes once, on the thread of the connection.
  void emit_with_ack(std::string_view event, const value& args, std::chrono::milliseconds timeout,
                     std::function<void(ack_reply)> done);
  void join(std::string_view room);
  void leave(std::string_view room);
  /// The members of a room but this socket.
  broadcast_operator to(std::string_view room) const;
  /// Everybody in the namespace but this socket.
  broadcast_operator broadcast() const;
  void disconnect(bool close_transport = false);
  socket_handle handle() const;

 private:
  friend struct embed::handlers;
  explicit socket(embed::socket_state& state) : state_(&state) {}
  embed::socket_state* state_;
};

} // namespace troupe
