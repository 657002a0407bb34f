#include "actors/actor_layer.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/api/list_query.hpp"
#include "app/http/api/reach_answer.hpp"
#include "app/http/json_body.hpp"
#include "base/log.hpp"

namespace troupe::app {
namespace {

/// Neither token nor headers: they may hold secrets.
json_value as_json(const actors::socket_summary& s) {
  json_value out{{"id", s.id}, {"namespace", s.nsp}, {"userId", s.who.user_id}, {"anonymous", s.who.anonymous}};
  if (!s.who.tenant_id.empty())
    out["tenantId"] = s.who.tenant_id;
  out["roles"] = s.who.roles;
  if (s.shake) {
    out["address"] = s.shake->address;
    out["connectedAt"] = s.shake->issued;
  }
  out["rooms"] = s.rooms;
  if (!s.node.empty())
    out["node"] = s.node;
  return out;
}

} // namespace

void api_routes::find_user(visit& v) {
  const std::string& user = v.parts[0];
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.find_user(user, [respond = std::move(respond), user](const actors::user_summary& u) {
      json_value body{{"ok", true}, {"userId", user}, {"online", u.online}, {"status", u.status}};
      body["lastSeen"] = u.last_seen ? json_value(*u.last_seen) : json_value();
      body["sockets"] = u.sockets;
      respond(object_answer(body));
    });
  });
}

void api_routes::list_sockets(visit& v) {
  const auto query = read_list_query(v.request);
  if (!query)
    return v.respond(error_answer(query.error()));
  actors::selection of{.nsp = query->nsp, .rooms = {}, .except = {}};
  of.here_only = query->here_only;
  of.user = v.request.param("user");
  if (const std::string_view room = v.request.param("room"); !room.empty())
    of.rooms.emplace_back(room);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto found = [respond = std::move(respond)](const actors::found<actors::socket_summary>& sockets) {
      if (sockets.failed)
        return respond(error_answer(*sockets.failed));
      json_value list = json_value::array();
      for (const auto& s : sockets.list)
        list.push_back(as_json(s));
      json_value body{{"ok", true}, {"sockets", list}};
      add_reach(body, sockets);
      respond(object_answer(body));
    };
    layer.list_sockets(std::move(of), query->limit, std::move(found));
  });
}

void api_routes::disconnect_socket(visit& v) {
  api_body in(v.request.body, limit());
  const bool close = in.boolean("close", false);
  std::string nsp = in.nsp();
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  const std::string& id = v.parts[0];
  log::info("api-disconnect", "address={} namespace={} socket={} close={}", v.request.address, nsp, id, close);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto done = [respond = std::move(respond), id](actors::performed p) {
      if (p == actors::performed::done)
        return respond(object_answer(json_value{{"ok", true}, {"id", id}}));
      if (p == actors::performed::unreachable)
        return respond(error_answer(503, {"node_silent", "the node of socket " + id + " does not answer; try again"}));
      respond(error_answer(404, {"unknown_socket", "no socket " + id + " in this namespace"}));
    };
    logic::effects bye;
    bye.emplace_back(logic::disconnect{.close_transport = close});
    layer.perform(std::move(nsp), id, std::move(bye), std::move(done));
  });
}

void api_routes::disconnect_user(visit& v) {
  api_body in(v.request.body, limit());
  const bool close = in.boolean("close", false);
  std::string nsp = in.nsp();
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  const std::string& user = v.parts[0];
  log::info("api-disconnect", "address={} namespace={} user={} close={}", v.request.address, nsp, user, close);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.disconnect_user(std::move(nsp), user, close, [respond = std::move(respond), user](const actors::control_outcome& r) {
      if (r.failed)
        return respond(error_answer(*r.failed));
      json_value body{{"ok", true}, {"userId", user}, {"sockets", r.sockets}};
      add_reach(body, r);
      respond(object_answer(body));
    });
  });
}

} // namespace troupe::app
