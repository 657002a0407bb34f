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

void check(loading& l) {
  for (auto& p : validate(l.result.values)) {
    if (already_refused(l.found, p.key))
      continue;
    // events.rules[2].to was set where events.rules was
    if (auto origin = l.result.origins.find(p.key.substr(0, p.key.find('['))); origin != l.result.origins.end())
      p.where = origin->second;
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
