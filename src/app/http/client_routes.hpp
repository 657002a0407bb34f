#pragma once

#include "app/config.hpp"
#include "app/http/route_table.hpp"
#include "app/http/static_file.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace troupe::app {

/// The official client for browsers, `GET <engine.path>/socket.io.js` and its siblings (Socket.IO's `serveClient`).
class client_routes {
 public:
  /// Reads the bundles from `directory`, which may be empty or incomplete: what is missing is answered by 404 and how
  /// to get it.
  explicit client_routes(const std::filesystem::path& directory);

  /// One route a name; none with `engine.serve_client: false`.
  void add_to(route_table& table, const engine_config& engine);
  bool complete() const;

 private:
  std::map<std::string, static_file, std::less<>> files_;
};

/// Every name that is served below the path.
std::span<const std::string_view> client_bundles();

/// The version in a bundle's first comment ("Socket.IO v4.8.1" gives "4.8.1"); empty: it says none.
std::string bundle_version(std::string_view bundle);

} // namespace troupe::app
