#pragma once
// Net -> application: what happens on an Engine.IO session.

#include "core/engineio/close_reason.hpp"
#include "core/engineio/handshake.hpp"
#include "core/session_ref.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::ports {

/// A command to every socket that a target selects (socketsJoin, socketsLeave, disconnectSockets).
struct control_join { std::vector<std::string> rooms; };
struct control_leave { std::vector<std::string> rooms; };
struct control_disconnect { bool close_transport = false; };
struct control {
  std::string nsp;
  std::variant<control_join, control_leave, control_disconnect> command;
  /// Every socket that carries the command out adds one. Whoever may still do so holds a share.
  std::shared_ptr<std::atomic<std::size_t>> reached;
};

/// The application's end of one session. All calls come on the session's shard thread, in order, none after `on_close`.
class session_sink {
 public:
  virtual ~session_sink() = default;
  /// One Engine.IO message. The bytes are valid during the call only.
  virtual void on_message(std::string_view bytes, bool binary) = 0;
  /// The session is over; its `session_ref` is already unknown to the egress.
  virtual void on_close(engineio::close_reason why) = 0;
  virtual void on_control(const control& c) = 0;
};

/// Makes the application's end of each new session. One per node; called on the shard's thread.
class session_acceptor {
 public:
  virtual ~session_acceptor() = default;
  virtual std::unique_ptr<session_sink> on_open(session_ref ref, engineio::handshake_ptr shake) = 0;
};

} // namespace troupe::ports
