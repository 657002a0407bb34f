#include "app/config/loading.hpp"
#include "app/config/schema.hpp"
#include "app/config/suggest.hpp"
#include "app/config/yaml_value.hpp"

#include <algorithm>

namespace troupe::app {
namespace {

constexpr std::string_view prefix = "TROUPE_";

/// Sets the option from text that has no lines of its own.
void set_from_text(const config_option& o, const std::string& text, const std::string& origin, loading& to) {
  try {
    to.set(o.key, node_from_text(text, o.structured), [&](const YAML::Node&) { return origin; });
  } catch (const YAML::Exception& e) {
    to.refuse(origin, std::string{o.key}, "this is not valid YAML: " + e.msg);
  }
}

/// An empty variable is as good as none: that is how container tools pass what is not set.
void set_from_variable(
  const config_option& o, const std::string& name, const std::map<std::string, std::string>& environment, loading& to) {
  if (auto found = environment.find(name); found != environment.end() && !found->second.empty())
    set_from_text(o, found->second, "environment variable " + name, to);
}

/// Kubernetes gives every container such variables for a service that is called `troupe` or `troupe-redis`.
bool is_service_link(const std::string& name, const std::string& value) {
  return name.find("_SERVICE_HOST") != std::string::npos || name.find("_SERVICE_PORT") != std::string::npos
         || name.find("_TCP_") != std::string::npos || value.starts_with("tcp://") || value.starts_with("udp://");
}

bool starts_with_section(const std::string& name) {
  return std::ranges::any_of(schema(), [&](const config_option& o) {
    auto section = environment_name(o.key.substr(0, o.key.find('.'))) + "_";
    return name.starts_with(section);
  });
}

/// In one of our sections: a mistake. Elsewhere it may belong to somebody else's script: a warning.
void judge_unknown(const std::string& name, loading& to) {
  std::vector<std::string> names;
  for (const auto& o : schema())
    names.push_back(environment_name(o.key));
  std::vector<std::string_view> known{names.begin(), names.end()};
  auto suggestion = did_you_mean(closest(name, known));
  if (starts_with_section(name))
    to.refuse("environment variable " + name, "", "no option has this name" + suggestion);
  else
    to.result.warnings.push_back(
      "environment variable " + name + " has no effect: no option has this name" + suggestion);
}

} // namespace

void read_environment(const std::map<std::string, std::string>& environment, loading& to) {
  std::map<std::string, std::string> ours;
  std::vector<std::string> known{"TROUPE_CONFIG", "TROUPE_URL", "TROUPE_API_KEY"}; // the command line's own
  for (const auto& [name, value] : environment)
    if (!name.starts_with(prefix) || !is_service_link(name, value))
      ours.emplace(name, value);
  for (const auto& o : schema())
    if (!o.alias.empty())
      set_from_variable(o, std::string{o.alias}, environment, to);
  for (const auto& o : schema()) {
    known.push_back(environment_name(o.key));
    set_from_variable(o, known.back(), ours, to);
  }
  for (const auto& [name, value] : ours)
    if (name.starts_with(prefix) && std::ranges::find(known, name) == known.end())
      judge_unknown(name, to);
}

void read_overrides(const std::vector<override_setting>& overrides, loading& to) {
  for (const auto& o : overrides) {
    if (const auto* known = find_option(o.key))
      set_from_text(*known, o.value, o.origin, to);
    else
      to.refuse(o.origin, o.key, is_section(o.key) ? "this is a section; name one of its keys" : unknown_key(o.key));
  }
}

} // namespace troupe::app
