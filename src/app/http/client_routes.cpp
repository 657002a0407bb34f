#include "app/http/client_routes.hpp"

#include "app/http/answers.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <array>

namespace troupe::app {
namespace {

using namespace std::string_view_literals;

constexpr std::array names{
  "socket.io.js"sv,
  "socket.io.js.map"sv,
  "socket.io.min.js"sv,
  "socket.io.min.js.map"sv,
  "socket.io.esm.min.js"sv,
  "socket.io.esm.min.js.map"sv,
  "socket.io.msgpack.min.js"sv,
  "socket.io.msgpack.min.js.map"sv,
};
constexpr std::size_t max_bytes = 8'000'000;

ports::http_response missing(std::string_view name) {
  return error_answer(404, {"client_missing", "this node has no copy of " + std::string(name) +
                                                ": run scripts/fetch-client, or set engine.client_dir to the directory "
                                                "\"dist\" of the npm package socket.io-client, and start it again"});
}

} // namespace

std::span<const std::string_view> client_bundles() { return names; }

std::string bundle_version(std::string_view bundle) {
  constexpr std::string_view mark = "Socket.IO v";
  const std::string_view head = bundle.substr(0, 200);
  const auto at = head.find(mark);
  if (at == std::string_view::npos)
    return {};
  const std::string_view rest = head.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find_first_not_of("0123456789.-abcdefghijklmnopqrstuvwxyz")));
}

client_routes::client_routes(const std::filesystem::path& directory) {
  if (directory.empty())
    return;
  std::string version;
  for (std::string_view name : names) {
    auto file = load_static_file(directory / name, max_bytes);
    if (!file) {
      log::debug("client-bundle-missing", "file={} reason={}", name, file.error().message);
      continue;
    }
    if (version.empty())
      version = bundle_version(file->body);
    if (!version.empty())
      file->etag = '"' + version + '"';
    file->headers = {{"Cache-Control", "public, max-age=0"}};
    files_.emplace(name, *std::move(file));
  }
}

bool client_routes::complete() const { return files_.size() == names.size(); }

void client_routes::add_to(route_table& table, const engine_config& engine) {
  if (!engine.serve_client)
    return;
  const std::string base = engine.path.ends_with('/') ? engine.path : engine.path + '/';
  for (std::string_view name : names) {
    table.add("GET", base + std::string(name), [this, name](visit& v) {
      const auto file = files_.find(name);
      v.respond(file == files_.end() ? missing(name) : answer_file(file->second, v.request));
    });
  }
}

} // namespace troupe::app
