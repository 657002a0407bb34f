#include "core/room/public_message.hpp"

#include "core/logic/object_text.hpp"
#include "core/room/room_key.hpp"

namespace troupe::room {

std::string public_message(std::string_view key, const cluster::room_message& m) {
  logic::object_text o;
  o.text("room", room_of(key));
  o.text("namespace", nsp_of(key));
  o.text("event", m.event);
  o.raw("args", "[" + m.args.json + "]");
  o.raw("attachments", std::to_string(m.args.attachments.size()));
  o.text("from", m.user);
  o.text("id", m.id);
  o.raw("epoch", std::to_string(m.epoch));
  o.raw("seq", std::to_string(m.seq));
  o.raw("ts", std::to_string(m.ts));
  return std::move(o).closed();
}

} // namespace troupe::room
