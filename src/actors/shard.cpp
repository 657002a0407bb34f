#include "actors/shard.hpp"

#include "actors/hub.hpp"

namespace troupe::actors {

void shard::know_peer(cluster::node_ref node, const std::string& id, bool linked) {
  if (linked)
    peers.insert_or_assign(node, id);
  else
    peers.erase(node);
}

void shard::tell_peer(cluster::node_ref node, const std::string& bytes) {
  if (auto p = peers.find(node); p != peers.end() && hub.links)
    hub.links->send(p->second, bytes);
}

} // namespace troupe::actors
