#pragma once

#include "app/http/static_file.hpp"
#include "app/http/visit.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace troupe::app {

/// The demo page: the files of one directory, as they were at the start.
class demo_routes {
 public:
  /// `enabled` is `demo.enabled`. An empty or unreadable directory makes a page that says so.
  demo_routes(bool enabled, const std::filesystem::path& directory);

  /// `/`: to the page.
  void root(visit& v);
  /// `/demo` and `/demo/`.
  void page(visit& v);
  /// `/demo/{name}`.
  void file(visit& v);
  bool complete() const { return !enabled_ || files_.contains("index.html"); }

 private:
  void load(const std::filesystem::path& directory);
  void serve(const std::string& name, visit& v);

  bool enabled_;
  std::map<std::string, static_file, std::less<>> files_;
};

} // namespace troupe::app
