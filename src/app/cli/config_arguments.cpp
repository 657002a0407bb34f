#include "app/cli/command.hpp"

#include <CLI/Validators.hpp>

#include <cstdio>

namespace troupe::app {
namespace {

std::string has_equals_sign(const std::string& s) {
  auto equals = s.find('=');
  return equals == std::string::npos || equals == 0 ? "--set takes section.key=value, as in --set server.port=8080"
                                                    : "";
}

} // namespace

void config_arguments::add_to(CLI::App& command) {
  command
    .add_option(
      "-c,--config", file_,
      "Configuration file (YAML or JSON). Default: $TROUPE_CONFIG, else ./troupe.yaml if there is one")
    ->type_name("FILE");
  command.add_option("-s,--set", settings_, "Set one option, as in --set engine.ping_interval_ms=10000; repeatable")
    ->type_name("KEY=VALUE")
    ->check(CLI::Validator{has_equals_sign, "", ""})
    ->allow_extra_args(false);
}

std::optional<loaded> config_arguments::load(const std::map<std::string, std::string>& environment) const {
  sources from{file_.empty() ? default_config_file(environment) : file_, environment, {}};
  for (const auto& s : settings_)
    from.overrides.push_back({s.substr(0, s.find('=')), s.substr(s.find('=') + 1)});
  from.overrides.insert(from.overrides.end(), shortcuts.begin(), shortcuts.end());
  auto result = app::load(from);
  if (result)
    return std::move(*result);
  const auto& found = result.error();
  for (const auto& p : found)
    std::fprintf(stderr, "%s\n", to_string(p).c_str());
  std::fprintf(
    stderr, "%zu mistake%s in the configuration; docs/configuration.md lists every option\n", found.size(),
    found.size() == 1 ? "" : "s");
  return std::nullopt;
}

} // namespace troupe::app
