#pragma once
// A running node: net, actors, logic and HTTP routes put together.

#include "actors/actor_layer.hpp"
#include "actors/metrics.hpp"
#include "app/config.hpp"
#include "app/http/http_routes.hpp"
#include "app/node/cluster_node.hpp"
#include "app/node/event_log.hpp"
#include "app/node/memory_backends.hpp"
#include "backends/postgres/postgres_room_log.hpp"
#include "core/logic/namespace_logic.hpp"
#include "net/server.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::embed {
class raw_acceptor;
}

namespace troupe::app {

/// An Engine.IO path without Socket.IO on top (library only).
struct raw_endpoint {
  std::string path;
  std::shared_ptr<embed::raw_acceptor> acceptor;
};

/// What the library adds to a configured node.
struct node_extras {
  logic::namespaces* namespaces = nullptr; ///< instead of the configured ones; must outlive the node
  std::vector<raw_endpoint> raw;
  std::optional<std::uint16_t> number; ///< to begin with (tests); left out: a random one
};

class node {
 public:
  /// Everything up and listening, or why not.
  static result<std::unique_ptr<node>> start(const config& c, node_extras extras = {});
  ~node();

  std::uint16_t port() const { return port_; }
  const std::string& id() const { return id_; }
  /// Set when the cluster will not have this node: it should be stopped. `node_number_taken`: start it again, under another
  /// number. Any thread.
  std::optional<error> refusal() const { return cluster_ ? cluster_->refusal() : std::nullopt; }
  actors::actor_layer& actors() { return *actors_; }
  /// In the mirror image of the start: readiness falls, the door closes, clients are told and what is queued is written,
  /// then actors and shards end. Takes at most server.shutdown_timeout_ms. Not from a shard's thread.
  void stop();

 private:
  node(const config& c, node_extras extras, std::uint16_t number);
  result<bool> build();
  std::vector<std::string> not_ready() const;
  void drain(bool on, bool clients);
  void give_away(duration at_most);

  config config_;
  node_extras extras_;
  std::string id_;
  std::uint16_t number_ = 0;
  std::uint16_t port_ = 0;
  actors::metrics counts_;
  event_log event_log_;
  std::unique_ptr<ports::authenticator> authenticator_;
  std::unique_ptr<logic::namespaces> namespaces_;
  std::unique_ptr<net::server> net_;
  std::unique_ptr<http_routes> http_;
  std::unique_ptr<postgres::postgres_room_log> history_; ///< null: rooms' histories are in Redis or in memory, or nowhere
  std::unique_ptr<memory_backends> memory_; ///< of a node of its own
  std::unique_ptr<cluster_node> cluster_; ///< null: a node of its own
  std::unique_ptr<actors::actor_layer> actors_;
  bool stopped_ = false;
};

} // namespace troupe::app
