#include "core/logic/configured_namespaces.hpp"

#include <algorithm>

namespace troupe::logic {
namespace {

/// Only a pattern lets a client choose the name; it becomes part of keys and logs.
constexpr std::size_t max_namespace_bytes = 255;

bool is_plain(std::string_view nsp) {
  return nsp.size() <= max_namespace_bytes
         && std::none_of(nsp.begin(), nsp.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

} // namespace

configured_namespaces::configured_namespaces(std::vector<std::string> patterns, std::shared_ptr<namespace_logic> logic)
  : logic_(std::move(logic)) {
  for (std::string& pattern : patterns) {
    if (!pattern.starts_with('/'))
      pattern.insert(0, 1, '/');
    if (!pattern.ends_with('*')) {
      exact_.push_back(std::move(pattern));
      continue;
    }
    pattern.pop_back();
    prefixes_.push_back(std::move(pattern));
  }
}

std::shared_ptr<namespace_logic> configured_namespaces::find(std::string_view nsp) {
  if (std::find(exact_.begin(), exact_.end(), nsp) != exact_.end())
    return logic_;
  const bool matches = std::any_of(prefixes_.begin(), prefixes_.end(), [&](const auto& p) { return nsp.starts_with(p); });
  return matches && is_plain(nsp) ? logic_ : nullptr;
}

} // namespace troupe::logic
