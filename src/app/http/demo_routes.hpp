#pragma once

#include "app/http/node_facts.hpp"
#include "app/http/static_file.hpp"
#include "app/http/visit.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace troupe::app {

/// The demo page: the files of one directory, as they were at the start.
class demo_routes {
 public:
  /// An empty or unreadable directory makes a page that says so.
  demo_routes(const node_facts& node, const std::filesystem::path& directory);

  /// `/`: to the page.
  void root(visit& v);
  /// `/demo` and `/demo/`.
  void page(visit& v);
  /// `/demo/{name}`.
  void file(visit& v);
  /// `/demo/node?socket=<id>`: which node has this socket, whichever node is asked. `null`: none that is known here.
  void node_of_socket(visit& v);
  bool complete() const { return !enabled_ || files_.contains("index.html"); }

 private:
  void load(const std::filesystem::path& directory);
  void serve(const std::string& name, visit& v);

  const node_facts& node_;
  const bool enabled_; ///< demo.enabled
  std::map<std::string, static_file, std::less<>> files_;
};

} // namespace troupe::app
