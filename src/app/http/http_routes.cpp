#include "app/http/http_routes.hpp"

#include "app/http/answers.hpp"
#include "app/http/api/api_routes.hpp"
#include "app/http/api_keys.hpp"
#include "app/http/client_routes.hpp"
#include "app/http/demo_routes.hpp"
#include "app/http/health_routes.hpp"
#include "app/http/metrics_routes.hpp"
#include "app/http/node_facts.hpp"
#include "app/http/route_table.hpp"
#include "app/http/share_dir.hpp"
#include "base/log.hpp"

namespace troupe::app {
namespace {

std::filesystem::path client_dir(const http_context& c) {
  const std::string& set = c.settings.engine.client_dir;
  return set.empty() ? find_share_dir("client", c.share_dir) : std::filesystem::path(set);
}

} // namespace

struct http_routes::parts {
  explicit parts(http_context c);

  template <class Group>
  void add_guarded(std::string_view method, std::string_view path, Group& group, void (Group::*serve)(visit&));
  void add_metrics();
  void add_api();
  void say_what_is_missing() const;

  node_facts node;
  api_keys keys;
  health_routes health;
  metrics_routes metrics;
  client_routes client;
  demo_routes demo;
  api_routes api;
  route_table table;
};

http_routes::parts::parts(http_context c)
  : node(std::move(c)), keys(node.context.settings.auth.api_keys), health(node), metrics(node),
    client(client_dir(node.context)),
    demo(node, find_share_dir("demo", node.context.share_dir)), api(node) {
  table.add("GET", "/live", health, &health_routes::live);
  table.add("GET", "/ready", health, &health_routes::ready);
  table.add("GET", "/health", health, &health_routes::health);
  table.add("GET", "/", demo, &demo_routes::root);
  table.add("GET", "/demo", demo, &demo_routes::page);
  table.add("GET", "/demo/", demo, &demo_routes::page);
  table.add("GET", "/demo/node", demo, &demo_routes::node_of_socket);
  table.add("GET", "/demo/{}", demo, &demo_routes::file);
  client.add_to(table, node.context.settings.engine);
  add_metrics();
  add_api();
  say_what_is_missing();
}

template <class Group>
void http_routes::parts::add_guarded(
  std::string_view method, std::string_view path, Group& group, void (Group::*serve)(visit&)) {
  table.add(method, path, [this, &group, serve](visit& v) {
    if (auto refusal = keys.refuse(v.request))
      return v.respond(*std::move(refusal));
    (group.*serve)(v);
  });
}

void http_routes::parts::add_metrics() {
  const metrics_config& settings = node.context.settings.metrics;
  if (settings.enabled && settings.require_api_key)
    add_guarded("GET", "/metrics", metrics, &metrics_routes::metrics);
  else if (settings.enabled)
    table.add("GET", "/metrics", metrics, &metrics_routes::metrics);
}

void http_routes::parts::add_api() {
  add_guarded("POST", "/api/v1/publish", api, &api_routes::publish);
  add_guarded("POST", "/api/v1/broadcast", api, &api_routes::broadcast);
  add_guarded("POST", "/api/v1/users/{}/message", api, &api_routes::message_user);
  add_guarded("POST", "/api/v1/users/{}/disconnect", api, &api_routes::disconnect_user);
  add_guarded("GET", "/api/v1/users/{}", api, &api_routes::find_user);
  add_guarded("GET", "/api/v1/rooms", api, &api_routes::list_rooms);
  add_guarded("GET", "/api/v1/rooms/{}/members", api, &api_routes::list_members);
  add_guarded("GET", "/api/v1/rooms/{}/messages", api, &api_routes::read_history);
  add_guarded("POST", "/api/v1/rooms/{}/disconnect", api, &api_routes::disconnect_room);
  add_guarded("GET", "/api/v1/sockets", api, &api_routes::list_sockets);
  add_guarded("POST", "/api/v1/sockets/{}/disconnect", api, &api_routes::disconnect_socket);
  add_guarded("GET", "/api/v1/nodes", api, &api_routes::list_nodes);
  add_guarded("GET", "/api/v1/drain", api, &api_routes::show_drain);
  add_guarded("POST", "/api/v1/drain", api, &api_routes::drain);
  add_guarded("POST", "/api/v1/doctor", api, &api_routes::examine);
  add_guarded("GET", "/api/v1/pins", api, &api_routes::list_pins);
  add_guarded("POST", "/api/v1/rooms/{}/pin", api, &api_routes::pin_room);
  add_guarded("POST", "/api/v1/rooms/{}/unpin", api, &api_routes::unpin_room);
}

void http_routes::parts::say_what_is_missing() const {
  if (node.context.settings.engine.serve_client && !client.complete())
    log::warn("client-bundles-missing", "path={}/socket.io.js: answered by 404; scripts/fetch-client gets them",
              node.context.settings.engine.path);
  if (!demo.complete())
    log::warn("demo-page-missing", "path=/demo: share/troupe/demo is not beside the program");
}

http_routes::http_routes(http_context c) : parts_(std::make_unique<parts>(std::move(c))) {}
http_routes::~http_routes() = default;

void http_routes::set_actors(actors::actor_layer* layer) { parts_->api.set_actors(layer); }
void http_routes::set_state(node_state s) { parts_->node.state = s; }

void http_routes::handle(const ports::http_request& request, ports::http_respond respond) {
  // Counted when the answer goes out, which for the API may be on another thread.
  auto counted = [&answers = parts_->node.answers, respond = std::move(respond)](ports::http_response r) {
    answers.add(r.status);
    respond(std::move(r));
  };
  try {
    parts_->table.serve(request, counted);
  } catch (const std::exception& e) {
    log::error("http-route-failed", "method={} path={} reason={}", request.method, request.path, e.what());
    counted(error_answer(500, {"internal_error", "the node failed to answer this; its log says why"}));
  }
}

} // namespace troupe::app
