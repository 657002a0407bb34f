// What operators ask beside nodes and drains: is the store consistent, and where shall rooms live.

#include "actors/actor_layer.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/json_body.hpp"
#include "base/log.hpp"
#include "core/cluster/slots.hpp"
#include "core/room/room_key.hpp"

#include <algorithm>

namespace troupe::app {
namespace {

json_value by_kind(const std::array<std::uint64_t, cluster::key_kinds>& numbers) {
  json_value found = json_value::object();
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (numbers[i] > 0)
      found[std::string(to_string(static_cast<cluster::key_kind>(i)))] = numbers[i];
  return found;
}

json_value as_json(const cluster::doctor_report& r, bool repair) {
  return {{"node", r.node},
          {"problem", r.problem.empty() ? json_value() : json_value(r.problem)},
          {"consistent", r.consistent(repair)},
          {"sockets", r.sockets},
          {"rooms", r.rooms},
          {"users", r.users},
          {"slots", {{"owned", r.slots_owned}, {"disagreeing", r.slots_disagreeing}, {"withoutHome", r.slots_without_home}}},
          {"missing", by_kind(r.missing)},
          {"extra", by_kind(r.extra)},
          {"repaired", r.repaired},
          {"deadNodes", r.dead}};
}

json_value as_json(const actors::doctor_outcome& o) {
  json_value nodes = json_value::array();
  std::uint64_t found = 0, repaired = 0;
  bool consistent = o.silent.empty();
  for (const auto& r : o.nodes) {
    nodes.push_back(as_json(r, o.repair));
    found += r.found();
    repaired += r.repaired;
    consistent &= r.consistent(o.repair);
  }
  return {{"ok", true}, {"consistent", consistent}, {"found", found}, {"repaired", repaired}, {"nodes", nodes}, {"silent", o.silent}};
}

} // namespace

void api_routes::examine(visit& v) {
  api_body in(v.request.body, limit());
  const bool repair = in.boolean("repair", true);
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  log::info("check-asked", "address={} repair={}", v.request.address, repair);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    if (!layer.examine(repair, [respond](const actors::doctor_outcome& o) { respond(object_answer(as_json(o))); }))
      respond(error_answer(409, {"keys_disabled", "there is nothing to check: this node has no cluster, or cluster.keys.enabled is false"}));
  });
}

void api_routes::pin_room(visit& v) {
  api_body in(v.request.body, limit());
  const auto nsp = in.nsp();
  auto node = in.name("node", 64);
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  pin(v, nsp, std::move(node));
}

void api_routes::unpin_room(visit& v) {
  api_body in(v.request.body, limit());
  const auto nsp = in.nsp();
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  pin(v, nsp, {});
}

void api_routes::pin(visit& v, const std::string& nsp, std::string node) {
  const std::string& room = v.parts[0];
  const auto facts = node_.cluster();
  const bool here = facts.view && facts.view->me.id == node;
  const bool lives = here || (facts.view && std::any_of(facts.view->peers.begin(), facts.view->peers.end(), [&](auto& p) {
                                return p.record.id == node && !p.dead;
                              }));
  json_value body{{"ok", true}, {"room", room}, {"namespace", nsp}, {"slot", cluster::slot_of(room_key(nsp, room))},
                  {"node", node.empty() ? json_value() : json_value(node)}};
  if (!node.empty() && !lives)
    body["warning"] = "no node of this name lives now; the pin holds when it comes";
  log::info("pin-asked", "address={} namespace={} room={} node={}", v.request.address, nsp, room, node);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.pin(nsp, room, std::move(node), [respond, body](const result<bool>& r) {
      respond(r ? object_answer(body) : error_answer(r.error()));
    });
  });
}

void api_routes::list_pins(visit& v) {
  const auto facts = node_.cluster();
  json_value list = json_value::array();
  if (facts.view)
    for (const auto& [slot, pin] : facts.view->pins)
      list.push_back({{"slot", slot}, {"room", pin.why}, {"node", pin.node}});
  v.respond(object_answer(json_value{{"ok", true}, {"pins", list}}));
}

} // namespace troupe::app
