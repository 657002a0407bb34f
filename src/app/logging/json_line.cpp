#include "app/logging/json_line.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace troupe::app {
namespace {

std::string in_json(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool is_taken(std::string_view name) {
  constexpr std::array<std::string_view, 5> taken{"time", "level", "node", "event", "message"};
  return std::find(taken.begin(), taken.end(), name) != taken.end();
}

} // namespace

std::string json_members(const log::record& r, std::string_view node) {
  std::string out;
  auto add = [&out](std::string_view name, const std::string& value) {
    out.append(out.empty() ? "\"" : ",\"").append(name).append("\":").append(value);
  };
  add("level", in_json(to_string(r.level)));
  if (!node.empty())
    add("node", in_json(node));
  add("event", in_json(r.event));
  add("message", in_json(r.message));
  for (const auto& f : r.fields)
    add(is_taken(f.name) ? std::string{f.name} + "_" : std::string{f.name}, f.number ? f.value : in_json(f.value));
  return out;
}

} // namespace troupe::app
