#pragma once

#include "troupe/broadcast_operator.hpp"
#include "troupe/event.hpp"
#include "troupe/server_event.hpp"
#include "troupe/socket.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// Why a middleware lets nobody in; the client sees it as `connect_error` with `err.message` and `err.data`.
struct connect_refusal {
  std::string message;
  value data = nullptr; ///< null: {"code":"refused"}
};

/// Handlers of one namespace, or of all that fit a pattern. Set them before `server::start`: later they are read by many
/// threads. A handler runs on the thread of the connection it is called for: it must not block, and handlers of different
/// connections run at the same time.
class io_namespace {
 public:
  /// Runs at every CONNECT, in the order of `use`; the first refusal ends it.
  io_namespace& use(std::function<std::optional<connect_refusal>(socket&)> middleware);
  io_namespace& on_connect(std::function<void(socket&)> handler);
  io_namespace& on(std::string_view event_name, std::function<void(socket&, event&)> handler);
  /// Sees events that no `on` is there for.
  io_namespace& on_any(std::function<void(socket&, event&)> handler);
  /// `reason` in Socket.IO's words, e.g. "transport close". The rooms are still there to be read.
  io_namespace& on_disconnect(std::function<void(socket&, std::string_view reason)> handler);
  /// Events without a handler here are served by the built-in events (join_room, message:send, typing ...).
  io_namespace& with_builtin_events();

  /// Something that the programs of other nodes emit to this one. On an internal thread: must not block.
  io_namespace& on_server_event(std::string_view event_name, std::function<void(const server_event&)> handler);

  const std::string& name() const;
  /// Any socket of this namespace, also one of another node (as `fetch_sockets` finds it). From another node it takes emits, joins,
  /// leaves and disconnects.
  socket_handle socket_by_id(std::string_view id) const;
  // Broadcasts to this namespace; of a pattern, use server::of with the very name instead.
  broadcast_operator to(std::string_view room) const;
  broadcast_operator except(std::string_view room) const;
  template<class... Args>
  void emit(std::string_view event_name, Args&&... args) const {
    everybody().emit(event_name, std::forward<Args>(args)...);
  }
  broadcast_operator everybody() const;

  /// To the programs of all other nodes that have a handler by `on_server_event` in this namespace. At most once; what is emitted while
  /// the link to a node is down does not reach it.
  template<class... Args>
  void server_side_emit(std::string_view event_name, Args&&... args) const {
    server_side_emit_args(event_name, value::array({value(std::forward<Args>(args))...}));
  }
  /// `args` is an array.
  void server_side_emit_args(std::string_view event_name, const value& args) const;
  /// `done` comes once on an internal thread: when all have answered, or after the time.
  void server_side_emit_with_ack(std::string_view event_name, const value& args, std::chrono::milliseconds timeout,
                                 std::function<void(server_result)> done) const;

 private:
  friend class server;
  io_namespace(std::weak_ptr<embed::core> core, std::shared_ptr<embed::handlers> handlers)
    : core_(std::move(core)), handlers_(std::move(handlers)) {}
  std::weak_ptr<embed::core> core_;
  std::shared_ptr<embed::handlers> handlers_;
};

} // namespace troupe
