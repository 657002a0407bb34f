#pragma once

#include "app/http/api/api_body.hpp"
#include "app/http/json_body.hpp"
#include "app/http/node_facts.hpp"
#include "app/http/visit.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <shared_mutex>
#include <string>

namespace troupe::app {

/// What back ends and operators do over HTTP (docs/http-api.md). The API key has been checked before a request comes
/// here.
class api_routes {
 public:
  explicit api_routes(const node_facts& node);

  /// Null: every call is answered by 503. Returns when nobody uses the former layer any more.
  void set_actors(actors::actor_layer* layer);

  // -- api_messages.cpp
  void publish(visit& v);      ///< POST /api/v1/publish
  void broadcast(visit& v);    ///< POST /api/v1/broadcast
  void message_user(visit& v); ///< POST /api/v1/users/{id}/message

  // -- api_rooms.cpp
  void list_rooms(visit& v);      ///< GET  /api/v1/rooms
  void list_members(visit& v);    ///< GET  /api/v1/rooms/{room}/members
  void read_history(visit& v);    ///< GET  /api/v1/rooms/{room}/messages
  void disconnect_room(visit& v); ///< POST /api/v1/rooms/{room}/disconnect

  // -- api_sockets.cpp
  void find_user(visit& v);         ///< GET  /api/v1/users/{id}
  void list_sockets(visit& v);      ///< GET  /api/v1/sockets
  void disconnect_socket(visit& v); ///< POST /api/v1/sockets/{id}/disconnect
  void disconnect_user(visit& v);   ///< POST /api/v1/users/{id}/disconnect

  // -- api_cluster.cpp
  void list_nodes(visit& v); ///< GET  /api/v1/nodes
  void drain(visit& v);      ///< POST /api/v1/drain
  void show_drain(visit& v); ///< GET  /api/v1/drain

  // -- api_doctor.cpp
  void examine(visit& v);    ///< POST /api/v1/doctor
  void pin_room(visit& v);   ///< POST /api/v1/rooms/{room}/pin
  void unpin_room(visit& v); ///< POST /api/v1/rooms/{room}/unpin
  void list_pins(visit& v);  ///< GET  /api/v1/pins

 private:
  /// Calls `f(layer, respond)` while the layer cannot go away; without a layer it answers.
  void with_actors(visit& v, const std::function<void(actors::actor_layer&, ports::http_respond)>& f);
  json_value drain_progress() const;
  void pin(visit& v, const std::string& nsp, std::string node);
  const limits& limit() const { return node_.context.settings.limits; }
  /// For messages that came without an id: unlike any other, also of other nodes and of earlier runs.
  std::string new_id();

  const node_facts& node_;
  std::string id_prefix_;
  std::atomic<std::uint64_t> ids_{0};
  std::shared_mutex layer_mutex_;
  actors::actor_layer* layer_ = nullptr;
};

} // namespace troupe::app
