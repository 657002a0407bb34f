#include "app/node/cluster_node.hpp"

#include "app/config/redis_options.hpp"
#include "app/node/settings.hpp"
#include "base/version.hpp"
#include "core/cluster/slots.hpp"

#include <arpa/inet.h>

namespace troupe::app {
namespace {

bool is_address(const std::string& text) {
  in6_addr any{};
  return ::inet_pton(AF_INET, text.c_str(), &any) == 1 || ::inet_pton(AF_INET6, text.c_str(), &any) == 1;
}

bool is_everywhere(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

std::string advertised_host(const config& c) {
  if (!c.cluster.host.empty())
    return c.cluster.host;
  return is_everywhere(c.server.host) ? "127.0.0.1" : c.server.host;
}

std::string bind_address(const config& c) {
  if (!c.cluster.bind.empty())
    return c.cluster.bind;
  const auto host = advertised_host(c);
  return is_address(host) ? host : "0.0.0.0";
}

/// Where clients reach this node. Empty: its port is not known before it listens.
std::string client_url(const config& c) {
  if (!c.cluster.url.empty() || c.server.port == 0)
    return c.cluster.url;
  const auto host = is_everywhere(c.server.host) ? advertised_host(c) : c.server.host;
  const auto shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return (c.server.tls_cert.empty() ? "http://" : "https://") + shown + ":" + std::to_string(c.server.port);
}

/// Null where nobody is to be asked.
result<std::shared_ptr<redis::replica_groups>> replicas_of(const config& c, redis::options options) {
  const auto& h = c.rooms.history;
  if (h.replicas == 0)
    return std::shared_ptr<redis::replica_groups>();
  options.name += "-history";
  auto own = redis::client::make(std::move(options));
  if (!own)
    return own.error();
  return std::make_shared<redis::replica_groups>(std::move(*own), redis::replica_demand{h.replicas, h.replicas_timeout});
}

} // namespace

cluster_node::cluster_node(const config& c, std::shared_ptr<redis::client> store, std::shared_ptr<redis::replica_groups> replicas,
                           const identity& me, net::server& clients, ports::room_log* history)
  : redis_(std::move(store)), replicas_(std::move(replicas)), registry_(redis_, c.cluster.name),
    log_(redis_, c.cluster.name, cluster::slot_of, replicas_),
    sessions_(redis_, c.cluster.name, c.recovery.window), offline_(redis_, keys_prefix_of(c)),
    keys_(redis_, keys_prefix_of(c)),
    ways_(std::make_unique<net::second_way>(cluster::link_peer{me.id, me.incarnation, me.number}, bus_, router_, c.cluster.link_heartbeat,
                                            2 * c.cluster.link_timeout)),
    bus_(redis_, c.cluster.name),
    links_(std::make_unique<net::link_server>(link_options_of(c, {me.id, me.incarnation, me.number}), *ways_)),
    drain_(clients), setup_{{registry_, *ways_, bus_, history ? *history : log_}, node_options_of(c), {}, router_, {}} {
  ways_->use(*links_);
  if (c.cluster.keys.enabled)
    setup_.keys = &keys_;
  setup_.keys_options = keys_options_of(c);
  setup_.listeners.on_tick = [this](time_point now) {
    ways_->tick(now);
    if (const auto v = view())
      drain_.tick(sums_of(*v), now);
  };
  setup_.me.id = me.id;
  setup_.me.incarnation = me.incarnation;
  setup_.me.number = me.number;
  setup_.me.host = advertised_host(c);
  setup_.me.url = client_url(c);
  setup_.me.version = TROUPE_VERSION;
  setup_.listeners.on_view = [this](actors::cluster_view v) {
    auto news = std::make_shared<const actors::cluster_view>(std::move(v));
    std::lock_guard lock(view_mutex_);
    view_ = std::move(news);
    view_changed_.notify_all();
  };
  setup_.listeners.on_give_up = [this](error why) {
    std::lock_guard lock(view_mutex_);
    refusal_ = std::move(why);
    view_changed_.notify_all();
  };
  tunnels_ = std::make_unique<net::tunnel_pump>(*links_, c.cluster.max_tunnels);
  links_->serve_tunnels([&clients](net::stream s, net::arrival from) { return clients.adopt_tunnel(std::move(s), std::move(from)); },
                        [&clients] { return clients.has_room(); });
  clients.set_tunnels(tunnels_.get());
  if (c.cluster.keys.enabled && c.cluster.keys.accept_messages)
    bus_.subscribe("server:" + me.id, [this](std::string_view, std::string_view json) { router_.on_letter(json); });
  bus_.subscribe(actors::cluster_channel, [this](std::string_view, std::string_view bytes) { router_.on_bus(bytes); });
}

cluster_node::~cluster_node() { stop(); }

result<std::unique_ptr<cluster_node>> cluster_node::make(const config& c, const identity& me, net::server& clients, ports::room_log* history) {
  auto options = redis_options_of(c);
  if (!options)
    return options.error();
  auto store = redis::client::make(*options);
  if (!store)
    return store.error();
  auto replicas = replicas_of(c, *options);
  if (!replicas)
    return replicas.error();
  std::unique_ptr<cluster_node> n(new cluster_node(c, std::move(*store), std::move(*replicas), me, clients, history));
  auto port = n->links_->listen(bind_address(c), c.cluster.port);
  if (!port)
    return error{port.error().code, port.error().message + " (cluster.bind, cluster.port)"};
  n->setup_.me.port = *port;
  n->tunnels_->start();
  return n;
}

std::shared_ptr<const actors::cluster_view> cluster_node::view() const {
  std::lock_guard lock(view_mutex_);
  return view_;
}

std::optional<error> cluster_node::first_word(duration at_most) {
  std::unique_lock lock(view_mutex_);
  view_changed_.wait_for(lock, at_most, [this] { return refusal_ || (view_ && (view_->leased || !view_->registry_up)); });
  return refusal_;
}

std::optional<error> cluster_node::refusal() const {
  std::lock_guard lock(view_mutex_);
  return refusal_;
}

cluster_facts cluster_node::facts() const {
  return {view(), links_->status(), &links_->counters(), &ways_->counters(), &tunnels_->counters(),
          &redis_->counters(), redis_->up(), drain_.status(), keys_counts_, replicas_ ? &replicas_->counters() : nullptr};
}

std::vector<std::string> cluster_node::not_ready() const {
  const auto v = view();
  if (!v)
    return {"the node has not looked around in its cluster yet"};
  std::vector<std::string> reasons;
  if (!v->registry_up)
    reasons.emplace_back("Redis cannot be reached; rooms go on from memory, and no node can take another's place");
  if (v->isolated)
    reasons.emplace_back("neither Redis nor any other node can be reached, so this node orders no rooms");
  if (v->slots_without_home > 0)
    reasons.push_back(std::to_string(v->slots_without_home) + " of the rooms' slots have no home yet");
  if (v->links_awaited > 0)
    reasons.push_back("no link yet to " + std::to_string(v->links_awaited) + " of the other nodes");
  if (reasons.empty() && !v->ready)
    reasons.emplace_back("the node is not part of its cluster yet");
  return reasons;
}

void cluster_node::stop() {
  router_.release();
  ways_->stop();
  if (tunnels_)
    tunnels_->stop();
  if (links_)
    links_->stop();
  // Their answers call actors' mailboxes, which go next.
  redis_->end();
  if (replicas_)
    replicas_->end();
}

} // namespace troupe::app
