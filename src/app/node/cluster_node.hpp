#pragma once
// What a node of a cluster has beside a node of its own: Redis, and links to the others.

#include "actors/cluster_setup.hpp"
#include "app/config.hpp"
#include "app/http/cluster_facts.hpp"
#include "app/node/drainer.hpp"
#include "backends/redis/client.hpp"
#include "backends/redis/redis_bus.hpp"
#include "backends/redis/redis_offline_store.hpp"
#include "backends/redis/redis_public_keys.hpp"
#include "backends/redis/redis_registry.hpp"
#include "backends/redis/redis_room_log.hpp"
#include "backends/redis/redis_session_store.hpp"
#include "base/error.hpp"
#include "net/link/link_server.hpp"
#include "net/link/second_way.hpp"
#include "net/link/tunnel_pump.hpp"
#include "net/server.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::app {

/// Life: `make`, then `setup` goes to the actor layer, which must be gone before this is.
class cluster_node {
 public:
  struct identity {
    std::string id;
    std::uint16_t number = 0;
    std::uint64_t incarnation = 0;
  };
  /// Listens for other nodes. Errors: those of the configuration, of the listener and of Redis' TLS; that Redis cannot be
  /// reached is none, because it may come. Connections of `clients` whose session lives on another node go there, and theirs
  /// come here; it must not have been started. `history` is where rooms keep their histories, if not in Redis.
  static result<std::unique_ptr<cluster_node>> make(const config& c, const identity& me, net::server& clients, ports::room_log* history);
  ~cluster_node();

  /// Before the actors: where clients reach this node, known when its port is.
  void set_url(std::string url) { setup_.me.url = std::move(url); }
  actors::cluster_setup& setup() { return setup_; }
  ports::session_store& sessions() { return sessions_; }
  ports::offline_store& offline() { return offline_; }
  /// After the actors.
  void stop();
  drainer& drain() { return drain_; }
  /// When the actors run: what they count for the keys for other programs; null: that is switched off.
  void use(const actors::keys_metrics* counts) { keys_counts_ = counts; }
  /// What the node last knew of the cluster; null before it knew anything. Any thread.
  std::shared_ptr<const actors::cluster_view> view() const;
  /// The same with its links and its Redis. Any thread.
  cluster_facts facts() const;
  /// Waits until the cluster has said yes or no to this node, or Redis turns out to be away. Gives the no. Not from a thread
  /// of the actors.
  std::optional<error> first_word(duration at_most);
  /// Why the cluster will not have this node. Any thread.
  std::optional<error> refusal() const;
  /// Why the node is not ready, one sentence each. Any thread.
  std::vector<std::string> not_ready() const;

  std::uint16_t port() const { return setup_.me.port; }
  const redis::client& store() const { return *redis_; }
  const net::link_server& links() const { return *links_; }
  const net::tunnel_pump& tunnels() const { return *tunnels_; }

 private:
  cluster_node(const config& c, std::shared_ptr<redis::client> store, std::shared_ptr<redis::replica_groups> replicas, const identity& me,
               net::server& clients, ports::room_log* history);

  std::shared_ptr<redis::client> redis_;
  std::shared_ptr<redis::replica_groups> replicas_; ///< null: replicas of Redis are not asked
  redis::redis_registry registry_;
  redis::redis_room_log log_;
  redis::redis_session_store sessions_;
  redis::redis_offline_store offline_;
  redis::redis_public_keys keys_;
  actors::link_router router_;
  std::unique_ptr<net::second_way> ways_; ///< the links, or the bus; outlives the bus
  redis::redis_bus bus_;
  std::unique_ptr<net::link_server> links_;
  std::unique_ptr<net::tunnel_pump> tunnels_;
  drainer drain_;
  std::atomic<const actors::keys_metrics*> keys_counts_{nullptr};
  actors::cluster_setup setup_;
  mutable std::mutex view_mutex_; ///< of all below
  std::condition_variable view_changed_;
  std::optional<error> refusal_;
  std::shared_ptr<const actors::cluster_view> view_;
};

} // namespace troupe::app
