#include "actors/actor_layer.hpp"
#include "actors/metrics.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/api/list_query.hpp"
#include "app/http/json_body.hpp"
#include "base/log.hpp"

namespace troupe::app {

void api_routes::list_rooms(visit& v) {
  const auto query = read_list_query(v.request);
  if (!query)
    return v.respond(error_answer(query.error()));
  const auto total = node_.context.counts.rooms.get();
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.list_rooms(
      query->limit, [respond = std::move(respond), total](const std::vector<actors::room_summary>& rooms) {
        json_value list = json_value::array();
        for (const auto& r : rooms)
          list.push_back({{"namespace", r.nsp}, {"room", r.room}, {"members", r.members}, {"seq", r.seq}});
        respond(object_answer(json_value{{"ok", true}, {"rooms", list}, {"total", total}}));
      });
  });
}

void api_routes::list_members(visit& v) {
  const auto query = read_list_query(v.request);
  if (!query)
    return v.respond(error_answer(query.error()));
  const std::string& room = v.parts[0];
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto found = [respond = std::move(respond), room](const std::vector<actors::member_summary>& members) {
      json_value list = json_value::array();
      for (const auto& m : members)
        list.push_back({{"socketId", m.socket_id}, {"userId", m.user_id}});
      respond(object_answer(json_value{{"ok", true}, {"room", room}, {"members", list}}));
    };
    layer.list_members(query->nsp, room, query->limit, std::move(found));
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
    layer.control(std::move(of), ports::control_disconnect{.close_transport = close});
    respond(object_answer(json_value{{"ok", true}, {"room", v.parts[0]}}));
  });
}

} // namespace troupe::app
