#include "core/logic/event_record.hpp"

#include "core/logic/object_text.hpp"

namespace troupe::logic {

record event_record(const call& c, std::string_view topic, std::string_view data) {
  object_text entry;
  entry.text("event", c.event.name).text("userId", c.socket.who.user_id);
  if (!c.socket.who.tenant_id.empty())
    entry.text("tenantId", c.socket.who.tenant_id);
  entry.text("socketId", c.socket.id).text("nsp", c.socket.nsp).number("ts", c.event.now);
  entry.raw("data", data.empty() ? "null" : data);
  return {std::string(topic), std::move(entry).closed()};
}

} // namespace troupe::logic
