#pragma once

#include "troupe/fwd.hpp"
#include "troupe/value.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// A node of the cluster whose answer is missing, or not whole.
struct silent_node {
  std::string id;
  std::string reason; ///< `unlinked`, `lost`, `late` or `busy` (docs/cluster.md)
};

/// How far the nodes of a cluster have answered. A node of its own has nobody silent.
struct reach {
  std::vector<silent_node> silent;
  bool cut = false;  ///< there was more than asked for, or than cluster.max_answer_bytes
  std::string error; ///< why nobody was asked: `overloaded`, `not_ready`; else empty
  /// Everybody has answered, and everything is there.
  bool complete() const { return silent.empty() && !cut && error.empty(); }
};

/// One answer to a broadcast that asked for acknowledgements.
struct ack_answer {
  std::string socket_id;
  value args; ///< an array
};

/// What a broadcast with acknowledgements came to. `answers.size() < expected`: the time was over, or a node is silent.
struct ack_result : reach {
  std::size_t expected = 0; ///< clients that were asked, as far as their nodes have said
  std::vector<ack_answer> answers;
};

/// What a client said when it connected.
struct handshake_info {
  std::string url, address;
  std::int64_t issued = 0; ///< milliseconds since 1970
  bool secure = false;
  bool xdomain = false;
  value headers = value::object(); ///< names in lower case
  value query = value::object();
  value auth = value::object();
};

/// A socket as `fetch_sockets` finds it, on whichever node. `io_namespace::socket_by_id(id)` is the handle to it.
struct socket_info {
  std::string id;
  std::string user_id;
  std::vector<std::string> rooms; ///< without the socket's own
  std::string tenant_id;
  std::vector<std::string> roles;
  handshake_info handshake;
  value data = nullptr;           ///< what `socket::data()` holds, if that is a `troupe::value`
  std::string node;               ///< id of its node; empty outside of a cluster
};

struct fetch_result : reach {
  std::vector<socket_info> sockets;
};

/// What a command to sockets came to.
struct command_result : reach {
  std::size_t sockets = 0; ///< that have carried it out
};

/// Whom a message reaches: the union of rooms less the excluded ones, or the whole namespace when no room is named; each
/// socket once, on all nodes of the cluster. Cheap to copy; every function returns a changed copy. May be used from any thread.
class broadcast_operator {
 public:
  broadcast_operator to(std::string_view room) const;
  broadcast_operator in(std::string_view room) const { return to(room); }
  /// Leaves out the members of a room, or one socket by its id.
  broadcast_operator except(std::string_view room) const;
  /// May be lost for clients that cannot take it right now.
  broadcast_operator volatile_() const;
  broadcast_operator compress(bool on) const;
  /// Only sockets of this node.
  broadcast_operator local() const;

  template<class... Args>
  void emit(std::string_view event, Args&&... args) const {
    emit_args(event, value::array({value(std::forward<Args>(args))...}));
  }
  /// `args` is an array.
  void emit_args(std::string_view event, const value& args) const;
  /// `done` comes once on an internal thread: when all have answered, or after the time (an hour at most).
  void emit_with_ack(std::string_view event, const value& args, std::chrono::milliseconds timeout,
                     std::function<void(ack_result)> done) const;

  // Commands. `done`, if given, comes once on an internal thread, within cluster.query_timeout_ms: what is emitted from then on finds
  // the sockets joined. (An emit right after the call may be earlier than the joins, as each socket's own connection carries them out.)
  void sockets_join(std::string_view room, std::function<void(command_result)> done = {}) const;
  void sockets_leave(std::string_view room, std::function<void(command_result)> done = {}) const;
  void disconnect_sockets(bool close_transport = false, std::function<void(command_result)> done = {}) const;
  /// At most `max` sockets; `found` comes once on an internal thread, within cluster.query_timeout_ms.
  void fetch_sockets(std::function<void(fetch_result)> found, std::size_t max = 10'000) const;

 private:
  friend class io_namespace;
  friend class server;
  friend class socket;
  std::weak_ptr<embed::core> core_;
  embed::socket_state* within_ = nullptr; ///< set inside a handler: keeps the order with the handler's other doings
  std::string nsp_;
  std::vector<std::string> rooms_;
  std::vector<std::string> except_;
  bool volatile_flag_ = false;
  bool compress_ = true;
  bool local_ = false;
};

} // namespace troupe
