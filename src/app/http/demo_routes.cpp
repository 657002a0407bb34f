#include "app/http/demo_routes.hpp"

#include "app/http/json_body.hpp"
#include "base/log.hpp"
#include "core/engineio/sid.hpp"

namespace troupe::app {
namespace {

constexpr std::size_t max_files = 200;
constexpr std::size_t max_file_bytes = 2'000'000;

/// The page runs its own scripts only and talks to its own node only; nobody may put it into a frame.
const header_list page_headers{
  {"Cache-Control", "no-cache"},
  {"Content-Security-Policy", "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; "
                              "form-action 'self'; frame-ancestors 'none'"},
  {"Referrer-Policy", "no-referrer"},
};

} // namespace

demo_routes::demo_routes(const node_facts& node, const std::filesystem::path& directory)
  : node_(node), enabled_(node.context.settings.demo.enabled) {
  if (enabled_ && !directory.empty())
    load(directory);
}

void demo_routes::load(const std::filesystem::path& directory) {
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ec)) {
    const std::string name = entry.path().filename().string();
    if (
      name.starts_with('.') || content_type_of(name).empty() || !entry.is_regular_file(ec)
      || files_.size() == max_files)
      continue;
    auto file = load_static_file(entry.path(), max_file_bytes);
    if (!file) {
      log::warn("demo-file-skipped", "file={} reason={}", name, file.error().message);
      continue;
    }
    file->headers = page_headers;
    files_.emplace(name, *std::move(file));
  }
}

void demo_routes::root(visit& v) {
  if (!enabled_)
    return v.respond(error_answer(404, {"not_found", "this node has no page; its state is at /health"}));
  v.respond({.status = 302, .content_type = "", .body = "", .headers = {{"Location", "/demo"}}});
}

void demo_routes::page(visit& v) { serve("index.html", v); }

void demo_routes::file(visit& v) { serve(v.parts[0], v); }

void demo_routes::node_of_socket(visit& v) {
  if (!enabled_)
    return serve("node", v);
  const auto id = engineio::parse_socket_id(v.request.param("socket"));
  const auto facts = node_.cluster();
  json_value node;
  if (id && id->node == node_.context.self.number)
    node = node_.context.node_id;
  else if (id && facts.view)
    for (const auto& p : facts.view->peers)
      if (p.record.number == id->node && !p.dead)
        node = p.record.id;
  v.respond(object_answer(json_value{{"node", node}, {"nodes", sums_of(facts).nodes}}));
}

void demo_routes::serve(const std::string& name, visit& v) {
  const auto found = files_.find(name);
  if (found != files_.end())
    return v.respond(answer_file(found->second, v.request));
  std::string why = "the demo page has no file " + name;
  if (!enabled_)
    why = "the demo page is switched off (demo.enabled)";
  else if (!complete())
    why = "this node was installed without the demo page: share/troupe/demo is not beside the program";
  v.respond(error_answer(404, {"not_found", why}));
}

} // namespace troupe::app
