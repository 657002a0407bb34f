#include "app/node/builtin.hpp"

#include "core/logic/builtin_logic.hpp"

namespace troupe::app {

std::shared_ptr<logic::namespace_logic> make_builtin_logic(const config& c) {
  logic::event_settings s;
  s.limits = c.limits;
  s.max_changes_bytes = c.documents.max_changes_bytes;
  s.message_new = logic::used_name(c.events.names, "message:new");
  s.new_message = logic::used_name(c.events.names, "new_message");
  return std::make_shared<logic::builtin_logic>(std::move(s), c.events.names, c.events.rules);
}

} // namespace troupe::app
