#pragma once
// Everything that a node serves over HTTP besides Engine.IO: health, metrics, the client bundles, the demo page, the
// API.

#include "app/config.hpp"
#include "app/http/cluster_facts.hpp"
#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "ports/http_handler.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {
class actor_layer;
struct metrics;
} // namespace troupe::actors
namespace troupe::net {
class server;
}

namespace troupe::app {

enum class node_state { starting, ready, draining };

/// What the routes stand on; what is referred to must outlive them.
struct http_context {
  const config& settings;
  const net::server& server;
  const actors::metrics& counts;
  std::string node_id;
  std::string version;
  time_point started = clock::now();
  /// More reasons why the node is not ready, one sentence each; called on shard threads, must not block. May be empty.
  std::function<std::vector<std::string>()> not_ready = {};
  /// The cluster as this node sees it; called on shard threads, must not block. Empty: a node of its own.
  std::function<cluster_facts()> cluster = {};
  /// PostgreSQL as this node sees it; called on shard threads, must not block. May be empty.
  std::function<history_facts()> history = {};
  /// Gives slots, and clients if `clients`, to other nodes, or takes it back. Any thread; empty: a node of its own.
  std::function<void(bool on, bool clients)> drain = {};
  cluster::node_ref self = {};
  /// Where `client/` and `demo/` are; empty: `share/troupe` beside the program or beside its directory.
  std::filesystem::path share_dir = {};
};

/// One table of routes. Files are read from the disk by the constructor, never later; nothing here blocks a shard.
/// A new node is `starting`: it answers everything but says on /ready that it is not, until `set_state`.
class http_routes final : public ports::http_handler {
 public:
  explicit http_routes(http_context c);
  ~http_routes() override;

  /// Before the server starts. Without it, and after `set_actors(nullptr)`, the API answers 503; the layer must live
  /// until the server has stopped or `set_actors(nullptr)` has returned.
  void set_actors(actors::actor_layer* layer);
  /// Any thread.
  void set_state(node_state s);

  void handle(const ports::http_request& request, ports::http_respond respond) override;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace troupe::app
