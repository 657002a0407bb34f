#include "load/run.hpp"

#include "core/json/json_text.hpp"
#include "load/scenario/scenario.hpp"
#include "load/wire/marker.hpp"
#include "load/wire/message_template.hpp"

#include <ctime>
#include <unistd.h>

namespace troupe::load {
namespace {

std::string iso_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

std::string own_prefix() {
  char text[32];
  std::snprintf(text, sizeof text, "load-%x-", static_cast<unsigned>(now_ns() / 1000 ^ getpid()));
  return text;
}

error impossible(std::string why) {
  return {"invalid_option", std::move(why)};
}

result<options> check_sizes(options o) {
  if (o.connections == 0 || o.rooms == 0 || o.publishers == 0 || o.in_flight == 0)
    return impossible("connections, rooms, publishers and messages in flight are at least 1 each");
  if (o.rooms > o.connections)
    return impossible("there are more rooms than connections");
  const auto members = o.connections / o.rooms;
  const auto publishers = o.scenario == scenario_kind::fanout ? o.publishers : 1;
  const bool rooms_talk = o.scenario == scenario_kind::fanout || o.scenario == scenario_kind::chat;
  if (rooms_talk && publishers + (o.sender_receives ? 0 : 1) > members)
    return impossible(
      "rooms of " + std::to_string(members) + " are too small for " + std::to_string(publishers)
      + " publishers: one member of each room only listens, unless --sender-receives yes");
  if (o.payload_bytes < marker::size)
    return impossible("a body has " + std::to_string(marker::size) + " bytes at least: it holds who sent it and when");
  if (o.rate && *o.rate <= 0)
    return impossible("--rate is more than 0");
  return o;
}

result<options> check_templates(options o) {
  const bool body_missing = o.scenario == scenario_kind::echo ? o.echo.find("{body}") == std::string::npos
                                                              : o.publish.find("{body}") == std::string::npos;
  if (body_missing)
    return impossible("the event that is sent needs a {body}");
  for (const auto* text : {&o.join, &o.leave, &o.publish, &o.echo})
    if (!text->empty())
      if (auto wrong = check_event_template(*text))
        return *wrong;
  for (const auto& auth : o.auth)
    if (!json::valid(expand(auth, {"", 1, ""})))
      return impossible("--auth is no JSON: " + auth);
  return o;
}

std::unique_ptr<scenario> make(stage& s) {
  switch (s.o.scenario) {
  case scenario_kind::connect: return make_connect(s);
  case scenario_kind::idle: return make_idle(s);
  case scenario_kind::fanout: return make_fanout(s);
  case scenario_kind::echo: return make_echo(s);
  case scenario_kind::chat: return make_chat(s);
  case scenario_kind::reconnect: return make_reconnect(s);
  }
  return nullptr;
}

} // namespace

result<options> prepare(options o) {
  if (o.room_prefix.empty())
    o.room_prefix = own_prefix();
  if (!o.path.starts_with('/'))
    o.path = '/' + o.path;
  if (!o.nsp.starts_with('/'))
    o.nsp = '/' + o.nsp;
  auto sized = check_sizes(std::move(o));
  return sized ? check_templates(std::move(*sized)) : sized;
}

result<run_result> run(const options& o) {
  std::vector<target> targets;
  bool tls = false;
  for (const auto& text : o.urls) {
    auto parsed = parse_url(text);
    auto found = parsed ? resolve(*parsed) : result<target>{parsed.error()};
    if (!found)
      return found.error();
    tls |= found->at.tls;
    targets.push_back(*found);
  }
  auto server = process_meter::create(o.server_pids);
  if (!server)
    return server.error();
  if (auto files = raise_file_limit(o.connections); !files)
    return files.error();
  if (o.cpu)
    if (auto bound = run_on_cpu(*o.cpu); !bound)
      return bound.error();
  std::optional<tls_client> secure;
  if (tls) {
    auto made = tls_client::create(o);
    if (!made)
      return made.error();
    secure = std::move(*made);
  }
  catch_signals();
  run_result out;
  out.started_at = iso_now();
  crowd everybody{o, std::move(targets), std::move(secure)};
  stage s{o, everybody, std::move(*server), out};
  auto chosen = make(s);
  everybody.set_listener(*chosen);
  chosen->run();
  s.close();
  everybody.cut_all();
  return out;
}

} // namespace troupe::load
