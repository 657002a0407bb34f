#include "actors/link_router.hpp"

#include "base/log.hpp"
#include "core/cluster/envelope.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

void link_router::use(std::shared_ptr<hub> h) {
  std::lock_guard lock(mutex_);
  hub_ = std::move(h);
}

void link_router::release() { use(nullptr); }

std::shared_ptr<hub> link_router::current() const {
  std::lock_guard lock(mutex_);
  return hub_;
}

void link_router::on_up(const ports::link_peer& peer) {
  auto hub = current();
  if (!hub)
    return;
  hub->know_peer(peer, true);
  // Rooms first: what the cluster's part then says must find them knowing the way.
  for (auto& part : hub->directories)
    caf::anon_send(part, peer_news{{peer.number, peer.incarnation}, peer.node, room_peer::news::up});
  caf::anon_send(hub->cluster, link_news{peer, true, {}});
}

void link_router::on_down(const ports::link_peer& peer, ports::link_end why) {
  auto hub = current();
  if (!hub)
    return;
  hub->know_peer(peer, false);
  hub->to_queries(query_peer_lost{{peer.number, peer.incarnation}});
  for (auto& part : hub->directories)
    caf::anon_send(part, peer_news{{peer.number, peer.incarnation}, peer.node, room_peer::news::down});
  caf::anon_send(hub->cluster, link_news{peer, false, why});
}

void link_router::on_message(const ports::link_peer& peer, std::string_view bytes) {
  auto hub = current();
  const auto e = hub ? cluster::opened(bytes) : std::nullopt;
  if (!e)
    return;
  switch (e->to) {
    case cluster::addressee::node:
      caf::anon_send(hub->cluster, node_payload{peer.node, std::string(e->payload)});
      return;
    case cluster::addressee::room:
      return hub->to_room(std::string(e->key), room_from_peer{{peer.number, peer.incarnation}, std::string(e->payload)});
    case cluster::addressee::presence:
      return hub->to_presence(std::string(e->key), presence_from_peer{{peer.number, peer.incarnation}, std::string(e->payload)});
    case cluster::addressee::wide:
      if (auto m = cluster::decode_wide_message(e->payload))
        hub->carry_out(std::move(*m));
      return;
    case cluster::addressee::query:
      return hub->to_queries(query_from_peer{{peer.number, peer.incarnation}, peer.node, std::string(e->payload)});
    case cluster::addressee::placed:
      return hub->know_placed(peer.node, std::string(e->payload));
    case cluster::addressee::doctor:
      if (hub->keys)
        caf::anon_send(hub->keys, keys_from_peer{peer.node, std::string(e->payload)});
      return;
  }
}

void link_router::on_bus(std::string_view bytes) {
  auto hub = current();
  const auto e = hub ? cluster::opened(bytes) : std::nullopt;
  if (e && e->to == cluster::addressee::node)
    caf::anon_send(hub->cluster, node_payload{std::string(e->key), std::string(e->payload)});
}

void link_router::on_letter(std::string_view json) {
  if (auto hub = current(); hub && hub->keys)
    caf::anon_send(hub->keys, keys_letter{std::string(json)});
}

} // namespace troupe::actors
