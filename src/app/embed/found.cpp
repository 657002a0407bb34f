#include "app/embed/found.hpp"

namespace troupe::embed {
namespace {

value fields(const engineio::field_list& list) {
  value out = value::object();
  list.for_each([&](std::string_view name, std::string_view text) { out[std::string(name)] = text; });
  return out;
}

handshake_info to_info(const engineio::handshake& h) {
  handshake_info out;
  out.url = h.url;
  out.address = h.address;
  out.issued = h.issued;
  out.secure = h.secure;
  out.xdomain = h.xdomain;
  out.headers = fields(h.headers);
  out.query = fields(h.query);
  return out;
}

} // namespace

void set_reach(reach& to, const actors::reach& from) {
  for (auto& node : from.silent)
    to.silent.push_back({node.id, std::string(to_string(node.why))});
  to.cut = from.cut;
  if (from.failed)
    to.error = from.failed->code;
}

socket_info to_info(const actors::socket_summary& s) {
  socket_info out;
  out.id = s.id;
  out.user_id = s.who.user_id;
  out.rooms = s.rooms;
  out.tenant_id = s.who.tenant_id;
  out.roles = s.who.roles;
  if (s.shake)
    out.handshake = to_info(*s.shake);
  if (auto auth = value::parse(s.auth, nullptr, false); auth.is_object())
    out.handshake.auth = std::move(auth);
  if (auto data = value::parse(s.data, nullptr, false); !data.is_discarded())
    out.data = std::move(data);
  out.node = s.node;
  return out;
}

} // namespace troupe::embed
