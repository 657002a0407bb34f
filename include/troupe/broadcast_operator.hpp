#pragma once

#include "troupe/fwd.hpp"
#include "troupe/value.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// One answer to a broadcast that asked for acknowledgements.
struct ack_answer {
  std::string socket_id;
  value args; ///< an array
};

/// What a broadcast with acknowledgements came to. `answers.size() < expected`: the time was over.
struct ack_result {
  std::size_t expected = 0;
  std::vector<ack_answer> answers;
};

/// A socket as `fetch_sockets` finds it.
struct socket_info {
  std::string id;
  std::string user_id;
  std::vector<std::string> rooms;
};

/// Whom a message reaches: the union of rooms less the excluded ones, or the whole namespace when no room is named; each
/// socket once. Cheap to copy; every function returns a changed copy. May be used from any thread.
class broadcast_operator {
 public:
  broadcast_operator to(std::string_view room) const;
  broadcast_operator in(std::string_view room) const { return to(room); }
  /// Leaves out the members of a room, or one socket by its id.
  broadcast_operator except(std::string_view room) const;
  /// May be lost for clients that cannot take it right now.
  broadcast_operator volatile_() const;
  broadcast_operator compress(bool on) const;

  template<class... Args>
  void emit(std::string_view event, Args&&... args) const {
    emit_args(event, value::array({value(std::forward<Args>(args))...}));
  }
  /// `args` is an array.
  void emit_args(std::string_view event, const value& args) const;
  /// `done` comes once on an internal thread: when all have answered, or after the time.
  void emit_with_ack(std::string_view event, const value& args, std::chrono::milliseconds timeout,
                     std::function<void(ack_result)> done) const;

  /// `done`, if given, comes once on an internal thread: what is emitted from then on finds them joined. (An emit right
  /// after the call may be earlier than the joins, as each socket's own connection carries them out.)
  void sockets_join(std::string_view room, std::function<void()> done = {}) const;
  void sockets_leave(std::string_view room, std::function<void()> done = {}) const;
  void disconnect_sockets(bool close_transport = false) const;
  /// At most `max` sockets; `found` comes once on an internal thread.
  void fetch_sockets(std::function<void(std::vector<socket_info>)> found, std::size_t max = 10'000) const;

 private:
  friend class io_namespace;
  friend class server;
  friend class socket;
  void when_carried_out(std::function<void()> done) const;
  std::weak_ptr<embed::core> core_;
  embed::socket_state* within_ = nullptr; ///< set inside a handler: keeps the order with the handler's other doings
  std::string nsp_;
  std::vector<std::string> rooms_;
  std::vector<std::string> except_;
  bool volatile_flag_ = false;
  bool compress_ = true;
};

} // namespace troupe
