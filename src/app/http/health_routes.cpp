#include "app/http/health_routes.hpp"

#include "app/http/json_body.hpp"
#include "net/server.hpp"

namespace troupe::app {

void health_routes::live(visit& v) { v.respond(object_answer(json_value{{"live", true}})); }

void health_routes::ready(visit& v) {
  const auto reasons = node_.reasons_not_ready();
  const json_value body{{"ready", reasons.empty()}, {"state", to_string(node_.draining() ? node_state::draining : node_.state.load())}, {"reasons", reasons}};
  v.respond(object_answer(body, reasons.empty() ? 200 : 503));
}

void health_routes::health(visit& v) {
  const auto reasons = node_.reasons_not_ready();
  const http_context& c = node_.context;
  const json_value connections{
    {"open", node_.sessions_open()},
    {"limit", c.settings.limits.max_connections},
    {"waiting", c.server.handshakes_waiting()},
  };
  const node_state state = node_.draining() ? node_state::draining : node_.state.load();
  const auto facts = node_.cluster();
  const auto sums = sums_of(facts);
  json_value body{
    {"status", reasons.empty() ? "ok" : state == node_state::ready ? "degraded" : to_string(state)},
    {"node", c.node_id},
    {"version", c.version},
    {"uptime", node_.uptime_seconds()},
    {"connections", connections},
    {"cluster", {{"nodes", sums.nodes}, {"linked", sums.linked}, {"slots", sums.slots}}},
    {"reasons", reasons},
  };
  if (facts.drain.phase != cluster::drain_phase::none)
    body["drain"] = {{"phase", to_string(facts.drain.phase)}, {"moved", facts.drain.moved}, {"perSecond", facts.drain.clients_per_second}};
  v.respond(object_answer(body));
}

} // namespace troupe::app
