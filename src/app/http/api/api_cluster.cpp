#include "actors/actor_layer.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/json_body.hpp"
#include "base/log.hpp"
#include "core/cluster/slots.hpp"

#include <map>

namespace troupe::app {
namespace {

json_value text_or_null(const std::string& text) { return text.empty() ? json_value() : json_value(text); }

json_value address_of(const cluster::node_record& r) {
  return r.host.empty() ? json_value() : json_value(r.host + ":" + std::to_string(r.port));
}

json_value as_json(const cluster::node_record& r, bool self) {
  return {{"id", r.id},
          {"self", self},
          {"incarnation", r.incarnation},
          {"number", r.number},
          {"address", address_of(r)},
          {"url", text_or_null(r.url)},
          {"version", r.version}};
}

/// A link was measured: milliseconds with their fraction; else null.
json_value round_trip(const net::link_status& link) {
  return link.up && link.round_trip_us > 0 ? json_value(static_cast<double>(link.round_trip_us) / 1'000) : json_value();
}

json_value peer_as_json(const cluster::peer_status& p, const net::link_status& link) {
  json_value node = as_json(p.record, false);
  node["linked"] = p.linked;
  node["registryUp"] = p.registry_up;
  node["dead"] = p.dead;
  node["draining"] = p.record.draining;
  node["slots"] = p.slots;
  node["leaseLeftMs"] = p.lease_left.count();
  node["roundTripMs"] = round_trip(link);
  node["queuedBytes"] = link.queued_bytes;
  return node;
}

/// The columns of peers; what one node cannot have with itself is null.
json_value self_as_json(const http_context& c, const cluster_facts& f, bool draining) {
  const cluster::node_record alone{c.node_id, c.self.incarnation, c.self.number, "", 0,
                                   c.settings.cluster.url, c.version, false};
  json_value node = as_json(f.view ? f.view->me : alone, true);
  node["linked"] = nullptr;
  node["registryUp"] = f.clustered() ? json_value(f.view && f.view->registry_up) : json_value();
  node["dead"] = false;
  node["draining"] = draining;
  node["slots"] = sums_of(f).slots;
  node["leaseLeftMs"] = nullptr;
  node["roundTripMs"] = nullptr;
  node["queuedBytes"] = 0;
  return node;
}

/// Why giving the slots away cannot come to its end; empty when it can.
std::string_view drain_problem(const cluster_facts& f, const cluster_sums& s) {
  if (!f.clustered())
    return "this node has no cluster, so nobody takes its rooms; it only asks for no new clients";
  return s.slots > 0 && s.takers == 0 ? "no other node is there to take slots and clients; they stay until one comes" : "";
}

json_value slots_as_json(const cluster_sums& s) {
  return {{"total", cluster::slot_count}, {"owned", s.slots}, {"withoutHome", s.slots_without_home}};
}

json_value clients_as_json(const cluster::drain_status& s) {
  return {{"phase", to_string(s.phase)}, {"moving", s.moves_clients && s.phase != cluster::drain_phase::none},
          {"moved", s.moved}, {"perSecond", s.clients_per_second}};
}

} // namespace

void api_routes::list_nodes(visit& v) {
  const http_context& c = node_.context;
  const cluster_facts facts = node_.cluster();
  const auto reasons = node_.reasons_not_ready();
  std::map<std::string, net::link_status> links;
  for (const auto& link : facts.links)
    links.emplace(link.node, link);
  json_value nodes = json_value::array({self_as_json(c, facts, node_.draining())});
  if (facts.view)
    for (const auto& p : facts.view->peers)
      nodes.push_back(peer_as_json(p, links[p.record.id]));
  v.respond(object_answer(json_value{{"ok", true},
                                     {"node", c.node_id},
                                     {"clustered", facts.clustered()},
                                     {"ready", reasons.empty()},
                                     {"reasons", reasons},
                                     {"isolated", facts.view && facts.view->isolated},
                                     {"slots", slots_as_json(sums_of(facts))},
                                     {"nodes", nodes}}));
}

json_value api_routes::drain_progress() const {
  const cluster_facts facts = node_.cluster();
  const auto sums = sums_of(facts);
  const bool draining = node_.draining();
  const auto connections = node_.sessions_open();
  const bool done = sums.slots == 0 && (connections == 0 || !facts.drain.moves_clients);
  json_value body{{"ok", true},
                  {"draining", draining},
                  {"done", draining && facts.clustered() && done},
                  {"slots", slots_as_json(sums)},
                  {"takers", sums.takers},
                  {"connections", connections},
                  {"clients", clients_as_json(facts.drain)}};
  if (const auto why = drain_problem(facts, sums); draining && !why.empty())
    body["problem"] = why;
  return body;
}

void api_routes::show_drain(visit& v) { v.respond(object_answer(drain_progress())); }

void api_routes::drain(visit& v) {
  api_body in(v.request.body, limit());
  const bool on = in.boolean("on", true);
  const bool clients = in.boolean("clients", true);
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  if (node_.state == node_state::draining)
    return v.respond(
      error_answer(503, {"not_ready", "the node is stopping, which drains it and cannot be taken back"}));
  log::info(on ? "drain-asked" : "drain-taken-back", "address={} clients={}", v.request.address, clients);
  node_.drain_asked = on;
  if (node_.context.drain)
    node_.context.drain(on, clients);
  v.respond(object_answer(drain_progress()));
}

} // namespace troupe::app
