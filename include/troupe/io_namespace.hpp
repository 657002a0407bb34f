#pragma once

#include "troupe/broadcast_operator.hpp"
#include "troupe/event.hpp"
#include "troupe/socket.hpp"

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

  const std::string& name() const;
  // Broadcasts to this namespace; of a pattern, use server::of with the very name instead.
  broadcast_operator to(std::string_view room) const;
  broadcast_operator except(std::string_view room) const;
  template<class... Args>
  void emit(std::string_view event_name, Args&&... args) const {
    everybody().emit(event_name, std::forward<Args>(args)...);
  }
  broadcast_operator everybody() const;

 private:
  friend class server;
  io_namespace(std::weak_ptr<embed::core> core, std::shared_ptr<embed::handlers> handlers)
    : core_(std::move(core)), handlers_(std::move(handlers)) {}
  std::weak_ptr<embed::core> core_;
  std::shared_ptr<embed::handlers> handlers_;
};

} // namespace troupe
