#include "core/logic/builtin_logic.hpp"

#include "core/logic/builtin/handlers.hpp"
#include "core/logic/refusals.hpp"

#include <utility>

namespace troupe::logic {
namespace {

constexpr std::pair<std::string_view, handler> table[] = {
  {"join_room", builtin::join_room},
  {"leave_room", builtin::leave_room},
  {"room:members", builtin::room_members},
  {"history", builtin::history},
  {"message:send", builtin::message_send},
  {"chat:message", builtin::chat_message},
  {"typing", builtin::typing},
  {"presence:subscribe", builtin::presence_subscribe},
  {"presence:unsubscribe", builtin::presence_unsubscribe},
  {"presence:status", builtin::presence_status},
  {"document_update", builtin::document_update},
  {"user_action", builtin::user_action},
  {"publish", builtin::publish},
};

} // namespace

reply ok() { return {.args = {R"({"ok":true})", {}}, .ack_id = {}}; }

builtin_logic::builtin_logic(event_settings settings, const name_map& names, const std::vector<event_rule>& rules)
  : settings_(std::move(settings)), rules_(rules) {
  for (const auto& [name, handle_it] : table)
    if (std::string used = used_name(names, name); !used.empty())
      handlers_.emplace(std::move(used), handle_it);
  settings_.message_new = used_name(names, "message:new");
  settings_.new_message = used_name(names, "new_message");
}

result<effects> builtin_logic::on_connect(socket_info&) { return effects{}; }

void builtin_logic::on_disconnect(socket_info&, std::string_view) {}

result<effects> builtin_logic::handle(const call& c) const {
  if (const auto found = handlers_.find(c.event.name); found != handlers_.end())
    return found->second(c);
  if (const auto* rule = rules_.find(c.event.name))
    return rules_.apply(*rule, c);
  return unknown_event(c.event.name);
}

effects builtin_logic::on_event(socket_info& socket, const inbound_event& event) {
  const call c{socket, event, settings_, events_.fetch_add(1, std::memory_order_relaxed) + 1};
  auto outcome = handle(c);
  if (outcome)
    return *std::move(outcome);
  // Socket.IO drops events that have no handler; only who asks for an answer gets one.
  const bool silent = !event.wants_ack && outcome.error().code == "unknown_event";
  return effects_of(refuse{std::move(outcome).error(), silent});
}

} // namespace troupe::logic
