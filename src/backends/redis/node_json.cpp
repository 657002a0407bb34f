#include "backends/redis/node_json.hpp"

#include "backends/redis/reply.hpp"

#include <nlohmann/json.hpp>

namespace troupe::redis {

using json = nlohmann::json;

std::string to_json(const ports::node_record& n) {
  json j{{"id", n.id},     {"incarnation", n.incarnation}, {"number", n.number},     {"host", n.host},
         {"port", n.port}, {"url", n.url},                 {"version", n.version}, {"draining", n.draining}};
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<ports::node_record> node_from_json(const std::string& text) {
  auto j = json::parse(text, nullptr, false);
  if (!j.is_object())
    return std::nullopt;
  auto number = [&](const char* key) {
    auto at = j.find(key);
    return at != j.end() && at->is_number_unsigned() ? at->get<std::uint64_t>() : 0;
  };
  auto word = [&](const char* key) {
    auto at = j.find(key);
    return at != j.end() && at->is_string() ? at->get<std::string>() : std::string{};
  };
  ports::node_record n{word("id"), number("incarnation"), static_cast<std::uint16_t>(number("number")), word("host"),
    static_cast<std::uint16_t>(number("port")), word("url"), word("version"), j.value("draining", json()) == json(true)};
  if (n.id.empty() || n.incarnation == 0)
    return std::nullopt;
  return n;
}

std::string to_text(const ports::slot_record& s) {
  if (s == ports::slot_record{})
    return {};
  return std::to_string(s.epoch) + " " + std::to_string(s.incarnation) + " " + s.node;
}

ports::slot_record slot_from_text(std::string_view text) {
  auto first = text.find(' ');
  auto second = text.find(' ', first + 1);
  if (first == text.npos || second == text.npos)
    return {};
  return {std::string(text.substr(second + 1)), to_number(text.substr(first + 1, second - first - 1)),
    to_number(text.substr(0, first))};
}

} // namespace troupe::redis
