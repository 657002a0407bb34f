#include "core/logic/event_names.hpp"

#include <algorithm>

namespace troupe::logic {
namespace {

using namespace std::string_view_literals;

constexpr std::array builtin{
  "join_room"sv,         "leave_room"sv,         "room:members"sv,    "message:send"sv, "chat:message"sv, "typing"sv,
  "presence:subscribe"sv, "presence:unsubscribe"sv, "presence:status"sv, "document_update"sv, "user_action"sv,
  "publish"sv,           "history"sv};
constexpr std::array emits{"message:new"sv, "new_message"sv};
constexpr std::array reserved{"connect"sv,    "connect_error"sv, "disconnect"sv,
                              "disconnecting"sv, "newListener"sv,   "removeListener"sv};

bool holds(std::span<const std::string_view> list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string joined(std::span<const std::string_view> list) {
  std::string text;
  for (std::string_view name : list)
    text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

/// Why one entry of the map is wrong; empty: it is right.
std::string fault(const std::string& name, const std::string& used, std::size_t max_bytes) {
  const bool is_emit = holds(emits, name);
  if (!is_emit && !holds(builtin, name))
    return "\"" + name + "\" is no built-in event; there are " + joined(builtin) + " and the emitted " + joined(emits);
  if (used.empty() && is_emit)
    return "\"" + name + "\" is emitted by another event and cannot be switched off; switch off the event that emits it";
  if (is_reserved_event(used))
    return "\"" + used + "\" is reserved by Socket.IO; choose another name";
  if (used.size() > max_bytes)
    return "the name is longer than limits.max_event_name_bytes (" + std::to_string(max_bytes) + ")";
  return {};
}

} // namespace

std::span<const std::string_view> builtin_events() { return builtin; }
std::span<const std::string_view> renamable_emits() { return emits; }

std::string used_name(const name_map& names, std::string_view builtin_name) {
  const auto found = names.find(std::string(builtin_name));
  return found == names.end() ? std::string(builtin_name) : found->second;
}

bool is_reserved_event(std::string_view name) { return holds(reserved, name); }

std::vector<setting_problem> validate_names(const name_map& names, std::size_t max_bytes) {
  std::vector<setting_problem> problems;
  for (const auto& [name, used] : names)
    if (std::string why = fault(name, used, max_bytes); !why.empty())
      problems.push_back({name, std::move(why)});
  std::map<std::string, std::string_view> taken;
  for (std::string_view name : builtin) {
    const std::string used = used_name(names, name);
    const auto [other, is_new] = taken.emplace(used, name);
    if (!is_new && !used.empty())
      problems.push_back({std::string(names.contains(std::string(name)) ? name : other->second),
                          "\"" + used + "\" would mean both " + std::string(other->second) + " and " + std::string(name)});
  }
  return problems;
}

} // namespace troupe::logic
