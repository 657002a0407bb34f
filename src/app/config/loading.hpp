#pragma once
// What the readers of the single sources share; only for load.cpp and its neighbours.

#include "app/config/load.hpp"

#include <yaml-cpp/yaml.h>

namespace troupe::app {

struct loading {
  loaded result;
  problems found;
  std::map<std::string, std::string> elements; ///< "events.rules[2]" -> where that element is

  /// Reads one option; `where` names the place of a node (a line, a variable).
  void set(std::string_view key, const YAML::Node& value, const std::function<std::string(const YAML::Node&)>& where);
  void refuse(std::string where, std::string key, std::string message) {
    found.push_back({std::move(where), std::move(key), std::move(message)});
  }
};

void read_file(const std::string& path, loading& to);
/// First the aliases, then the TROUPE_ names.
void read_environment(const std::map<std::string, std::string>& environment, loading& to);
void read_overrides(const std::vector<override_setting>& overrides, loading& to);

/// "no such key; did you mean engine.ping_interval_ms?"
std::string unknown_key(const std::string& key);

} // namespace troupe::app
