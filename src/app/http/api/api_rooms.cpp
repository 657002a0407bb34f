#include "actors/actor_layer.hpp"
#include "actors/metrics.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/api/list_query.hpp"
#include "app/http/api/reach_answer.hpp"
#include "app/http/json_body.hpp"
#include "base/log.hpp"
#include "core/logic/object_text.hpp"
#include "core/room/history_page.hpp"

#include <charconv>
#include <optional>
#include <string_view>

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

namespace {

/// `epoch-seq`, as Redis writes stream ids.
result<std::optional<room::place>> place_in(const ports::http_request& request, std::string_view name) {
  const std::string_view text = request.param(name);
  if (text.empty())
    return std::optional<room::place>{};
  room::place p;
  const char* const end = text.data() + text.size();
  const auto [dash, ec] = std::from_chars(text.data(), end, p.epoch);
  if (ec == std::errc() && dash != end && *dash == '-')
    if (const auto [last, wrong] = std::from_chars(dash + 1, end, p.seq); wrong == std::errc() && last == end)
      return std::optional{p};
  return error{"invalid_payload", std::string(name) + " must be epoch-seq, as in 3-17"};
}

result<room::history_query> read_history_query(const ports::http_request& request, std::size_t max) {
  const auto before = place_in(request, "before"), after = place_in(request, "after");
  if (!before || !after)
    return !before ? before.error() : after.error();
  if (*before && *after)
    return error{"invalid_payload", "give either before or after"};
  return room::history_query{*before, *after, max};
}

} // namespace

void api_routes::read_history(visit& v) {
  const auto list = read_list_query(v.request);
  if (!list)
    return v.respond(error_answer(list.error()));
  const auto what = read_history_query(v.request, list->limit);
  if (!what)
    return v.respond(error_answer(what.error()));
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.read_history(list->nsp, v.parts[0], *what,
                       [respond = std::move(respond), room = v.parts[0]](const result<room::history_page>& page) {
                         if (!page)
                           return respond(error_answer(page.error()));
                         std::string messages;
                         for (const auto& m : page->messages)
                           messages.append(messages.empty() ? "" : ",").append(room::message_text(*m));
                         logic::object_text body;
                         body.boolean("ok", true).text("room", room).raw("messages", '[' + messages + ']').boolean("more", page->more);
                         respond(json_answer(std::move(body).closed()));
                       });
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
