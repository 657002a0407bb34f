#include "actors/actor_layer.hpp"
#include "app/http/answers.hpp"
#include "app/http/api/api_routes.hpp"
#include "core/json/json_text.hpp"
#include "core/logic/builtin/call.hpp"
#include "core/logic/event_names.hpp"
#include "core/logic/object_text.hpp"
#include "core/messaging/answers.hpp"

namespace troupe::app {
namespace {

using logic::object_text;

/// `data` is one argument, `args` an array of them; both is a mistake, none is an event without arguments.
result<std::string> read_arguments(const api_body& in) {
  const auto data = in.optional_json("data");
  const auto args = in.optional_json("args");
  if (data && args)
    return error{"invalid_payload", "give either \"data\" (one argument) or \"args\" (an array of them), not both"};
  if (!args)
    return {boost::system::in_place_value, data.value_or("")};
  if (json::kind_of(*args) != json::kind::array)
    return error{"invalid_payload", "\"args\" must be an array"};
  return {boost::system::in_place_value, json::array_reader(*args).rest()};
}

} // namespace

void api_routes::publish(visit& v) {
  api_body in(v.request.body, limit());
  logic::publish what;
  what.room = in.room();
  what.event = in.event();
  what.args.json = std::string(in.optional_json("data").value_or(""));
  what.id = in.optional_name("id", logic::max_id_bytes).value_or("");
  what.level = in.level();
  std::string nsp = in.nsp();
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  if (what.id.empty())
    what.id = new_id();
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto done = [respond = std::move(respond), id = what.id, room = what.room](const result<actors::published>& r) {
      if (!r)
        return respond(error_answer(r.error()));
      const auto level = to_string(r->level.value_or(room::safety::home));
      if (r->too_low)
        return respond(json_answer(messaging::level_not_reached(*r->too_low, id, r->seq, r->ts, level), 503));
      object_text body;
      body.boolean("ok", true).text("id", id).text("room", room).number("seq", static_cast<std::int64_t>(r->seq));
      body.number("ts", r->ts).boolean("duplicate", r->duplicate);
      if (r->level)
        body.text("level", level);
      respond(json_answer(std::move(body).closed()));
    };
    layer.publish(std::move(nsp), std::move(what), std::move(done));
  });
}

void api_routes::broadcast(visit& v) {
  api_body in(v.request.body, limit());
  actors::selection to{.nsp = in.nsp(), .rooms = in.names("rooms"), .except = in.names("except")};
  logic::broadcast what;
  what.event = in.event();
  what.is_volatile = in.boolean("volatile", false);
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  auto arguments = read_arguments(in);
  if (!arguments)
    return v.respond(error_answer(arguments.error()));
  what.args.json = *std::move(arguments);
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    layer.broadcast(std::move(to), std::move(what));
    respond(json_answer(R"({"ok":true})"));
  });
}

void api_routes::message_user(visit& v) {
  api_body in(v.request.body, limit());
  logic::direct what;
  what.user = v.parts[0];
  what.event = in.optional_event().value_or(logic::used_name(node_.context.settings.events.names, "message:new"));
  what.id = in.optional_name("id", logic::max_id_bytes).value_or("");
  what.acknowledge = false;
  const auto from = in.optional_name("from", limit().max_room_name_bytes);
  const std::string_view content = in.json("content");
  std::string nsp = in.nsp();
  if (in.problem())
    return v.respond(error_answer(*in.problem()));
  if (what.user.size() > limit().max_room_name_bytes)
    return v.respond(error_answer({"name_too_long", "the user's name is longer than limits.max_room_name_bytes"}));
  if (what.id.empty())
    what.id = new_id();
  object_text body;
  body.text("id", what.id)
    .raw("from", from ? json::quoted(*from) : "null")
    .text("to", what.user)
    .raw("content", content);
  what.args.json = std::move(body).open();
  with_actors(v, [&](actors::actor_layer& layer, ports::http_respond respond) {
    auto done = [respond = std::move(respond), id = what.id](const result<actors::direct_outcome>& r) {
      if (!r)
        return respond(error_answer(r.error()));
      object_text answer;
      answer.boolean("ok", true).text("id", id).text("status", to_string(r->status)).number("ts", r->ts);
      answer.boolean("duplicate", r->duplicate);
      respond(json_answer(std::move(answer).closed()));
    };
    layer.direct(std::move(nsp), std::move(what), std::move(done));
  });
}

} // namespace troupe::app
