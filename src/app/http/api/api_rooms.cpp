#include "actors/actor_layer.hpp"
#include "actors/metrics.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/api/list_query.hpp"
#include "app/http/api/reach_answer.hpp"
#include "app/http/json_body.hpp"
#include "base/log.hpp"

namespace troupe::app {

void api_routes::list_rooms(visit& v) {
  const auto query = read_list_query(v.request);
  if (!query)
    return v.respond(error_answer(query.error()));
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.list_rooms(
      query->limit,
      [respond = std::move(respond)](const actors::found<actors::room_summary>& rooms) {
        if (rooms.failed)
          return respond(error_answer(*rooms.failed));
        json_value list = json_value::array();
        for (const auto& r : rooms.list)
          list.push_back({{"namespace", r.nsp}, {"room", r.room}, {"members", r.members}, {"seq", r.seq}});
        json_value body{{"ok", true}, {"rooms", list}, {"total", rooms.total}};
        add_reach(body, rooms);
        respond(object_answer(body));
      },
      query->here_only ? actors::where::here : actors::where::cluster);
  });
}

void api_routes::list_members(visit& v) {
  const auto query = read_list_query(v.request);
  if (!query)
    return v.respond(error_answer(query.error()));
  const std::string& room = v.parts[0];
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto found = [respond = std::move(respond), room](const actors::found<actors::member_summary>& members) {
      if (members.failed)
        return respond(error_answer(*members.failed));
      json_value list = json_value::array();
      for (const auto& m : members.list)
        list.push_back({{"socketId", m.socket_id}, {"userId", m.user_id}});
      json_value body{{"ok", true}, {"room", room}, {"members", list}, {"total", members.total}};
      add_reach(body, members);
      respond(object_answer(body));
    };
    layer.list_members(query->nsp, room, query->limit, std::move(found),
                       query->here_only ? actors::where::here : actors::where::cluster);
  });
}

void api_routes::disconnect_room(visit& v) {
  api_body in(v.request.body, limit());
  const bool close = in.boolean("close", false);
  actors::selection of{.nsp = in.nsp(), .rooms = {v.parts[0]}, .except = in.names("except")};
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  log::info("api-disconnect", "address={} namespace={} room={} close={}", v.request.address, of.nsp, v.parts[0], close);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto done = [respond = std::move(respond), room = v.parts[0]](const actors::control_outcome& r) {
      if (r.failed)
        return respond(error_answer(*r.failed));
      json_value body{{"ok", true}, {"room", room}, {"sockets", r.sockets}};
      add_reach(body, r);
      respond(object_answer(body));
    };
    layer.control(std::move(of), ports::control_disconnect{.close_transport = close}, std::move(done));
  });
}

} // namespace troupe::app
