#include "app/config/loading.hpp"
#include "app/config/schema.hpp"
#include "app/config/suggest.hpp"
#include "app/config/validate.hpp"
#include "app/config/yaml_value.hpp"

#include <algorithm>
#include <filesystem>

namespace troupe::app {
namespace {

bool already_refused(const problems& found, const std::string& key) {
  return std::ranges::any_of(found, [&](const problem& p) { return p.key == key; });
}

/// Where the setting behind a key is: events.rules[2].to is at its rule, or else where events.rules was set.
std::string place_of(const std::string& key, const loading& l) {
  auto bracket = std::min(key.find('['), key.size());
  if (auto element = l.elements.find(key.substr(0, key.find(']', bracket) + 1)); element != l.elements.end())
    return element->second;
  auto whole = l.result.origins.find(key.substr(0, bracket));
  return whole == l.result.origins.end() ? "" : whole->second;
}

void check(loading& l) {
  for (auto& p : validate(l.result.values)) {
    if (already_refused(l.found, p.key))
      continue;
    p.where = place_of(p.key, l);
    l.found.push_back(std::move(p));
  }
  auto more = warnings_of(l.result.values);
  l.result.warnings.insert(l.result.warnings.end(), more.begin(), more.end());
}

} // namespace

void loading::set(
  std::string_view key, const YAML::Node& value, const std::function<std::string(const YAML::Node&)>& where) {
  const auto* o = find_option(key);
  auto report = [&](const YAML::Node& at, const std::string& below, const std::string& message) {
    bool show = o->hide == secrecy::open && message.starts_with("expected ");
    refuse(where(at), std::string{key} + below, show ? message + ", " + describe(at) : message);
  };
  o->read(value, result.values, report);
  result.origins[std::string{key}] = where(value);
  std::erase_if(elements, [&](const auto& e) { return e.first.starts_with(std::string{key} + "["); });
  for (std::size_t i = 0; value.IsSequence() && i < value.size(); ++i)
    elements[std::string{key} + "[" + std::to_string(i) + "]"] = where(value[i]);
}

std::string unknown_key(const std::string& key) {
  std::vector<std::string_view> known;
  for (const auto& o : schema())
    known.push_back(o.key);
  return "no such key" + did_you_mean(closest(key, known));
}

load_result load(const sources& from) {
  loading l;
  if (!from.file.empty())
    read_file(from.file, l);
  read_environment(from.environment, l);
  read_overrides(from.overrides, l);
  check(l);
  if (!l.found.empty())
    return l.found;
  return std::move(l.result);
}

std::string default_config_file(const std::map<std::string, std::string>& environment) {
  if (auto named = environment.find("TROUPE_CONFIG"); named != environment.end() && !named->second.empty())
    return named->second;
  std::error_code ignored;
  return std::filesystem::exists("troupe.yaml", ignored) ? "troupe.yaml" : "";
}

} // namespace troupe::app
