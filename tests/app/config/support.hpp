#pragma once

#include "app/config/load.hpp"
#include "app/temporary_dir.hpp"

#include <algorithm>

namespace app_tests {

using namespace troupe::app;

using variables = std::map<std::string, std::string>;
using settings = std::vector<override_setting>;

/// Loads a file with this text, called troupe.yaml; `where` in the problems is shortened to that name.
inline load_result
load_text(const std::string& text, const variables& environment = {}, const settings& overrides = {}) {
  temporary_dir dir;
  auto loaded = load({dir.write("troupe.yaml", text), environment, overrides});
  auto shorten = [&](std::string& s) {
    if (auto at = s.find(dir.path() + "/"); at != std::string::npos)
      s.erase(at, dir.path().size() + 1);
  };
  if (loaded) {
    for (auto& [key, origin] : loaded->origins)
      shorten(origin);
    return loaded;
  }
  auto found = loaded.error();
  for (auto& p : found)
    shorten(p.where);
  return found;
}

/// The problems as an operator reads them; empty when there was none.
inline std::vector<std::string> mistakes(const load_result& r) {
  std::vector<std::string> out;
  if (!r)
    for (const auto& p : r.error())
      out.push_back(to_string(p));
  return out;
}

inline bool mentions(const std::vector<std::string>& lines, const std::string& text) {
  return std::ranges::any_of(lines, [&](const std::string& l) { return l.find(text) != std::string::npos; });
}

} // namespace app_tests
