#pragma once

#include "app/http/cluster_facts.hpp"
#include "backends/redis/metrics.hpp"
#include "net/link/second_way.hpp"
#include "net/link/tunnel_line.hpp"

namespace troupe::testing {

/// What node-1 sees of a cluster: node-2, to which it is linked, and node-3, which is dead.
struct cluster_sight {
  cluster_sight() {
    actors::cluster_view v;
    v.me = {"node-1", 5'000, 11, "10.0.0.1", 4'001, "http://one:3001", "1.2.3", false};
    v.ready = v.registry_up = true;
    v.slots_owned = 512;
    v.slots_without_home = 2;
    v.counters.takeovers = 3;
    v.peers.push_back({{"node-2", 6'000, 12, "10.0.0.2", 4'002, "", "1.2.3", false}, true, true, false, duration(4'200), 510});
    v.peers.push_back({{"node-3", 7'000, 13, "10.0.0.3", 4'003, "", "1.2.3", false}, false, true, true, duration(0), 0});
    view = std::make_shared<const actors::cluster_view>(std::move(v));
  }
  operator std::function<app::cluster_facts()>() {
    return [this] { return app::cluster_facts{view, {{"node-2", true, 17, 250}}, &links, &bus_way, &tunnels, &store, true}; };
  }

  std::shared_ptr<const actors::cluster_view> view;
  net::link_metrics links;
  net::second_way_metrics bus_way;
  net::tunnel_metrics tunnels;
  redis::metrics store;
};

} // namespace troupe::testing
