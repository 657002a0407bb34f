#include "core/socketio/packet_rules.hpp"

#include "core/json/json_text.hpp"
#include "core/json/utf8.hpp"
#include "core/socketio/data_shape.hpp"

#include <algorithm>
#include <array>

namespace troupe::socketio {
namespace {

using fault = std::optional<error>;

error bad(const char* message) {
  return {"parse_error", message};
}

/// Names that Socket.IO keeps for itself on both sides.
constexpr std::array<std::string_view, 6> reserved = {"connect",       "connect_error", "disconnect",
                                                      "disconnecting", "newListener",   "removeListener"};

fault find_name_fault(std::string_view name, const limits& l) {
  if (json::kind_of(name) == json::kind::number)
    return {};
  if (json::kind_of(name) != json::kind::string)
    return bad("The first element of an event's data is its name, a string or a number.");
  std::string unescaped;
  auto text = name.substr(1, name.size() - 2);
  if (text.find('\\') != text.npos)
    text = unescaped = *json::string_value(name);
  if (text.size() > l.max_event_name_bytes)
    return bad("The event name is longer than limits.max_event_name_bytes.");
  if (std::find(reserved.begin(), reserved.end(), text) != reserved.end())
    return bad("The event name is reserved by Socket.IO; choose another one.");
  return {};
}

fault find_event_fault(std::string_view data, const limits& l) {
  if (data.empty())
    return {};
  if (json::kind_of(data) != json::kind::array)
    return bad("The data of an event is a JSON array with the event's name first.");
  const auto name = json::array_reader(data).next();
  return name ? find_name_fault(*name, l) : bad("The data of an event is an empty array; the event's name is missing.");
}

fault find_data_fault(const packet& p, const limits& l) {
  const bool none = p.data.empty();
  switch (p.type) {
  case packet_type::event: return find_event_fault(p.data, l);
  case packet_type::ack:
    return none || json::kind_of(p.data) == json::kind::array ? fault{} : bad("The data of an ack is a JSON array.");
  case packet_type::connect:
    return none || json::kind_of(p.data) == json::kind::object ? fault{} : bad("The auth of CONNECT is a JSON object.");
  case packet_type::disconnect: return none ? fault{} : bad("DISCONNECT carries no data.");
  case packet_type::connect_error: break;
  }
  const bool good =
    !none && (json::kind_of(p.data) == json::kind::object || json::kind_of(p.data) == json::kind::string);
  return good ? fault{} : bad("The data of CONNECT_ERROR is a JSON object or a string.");
}

/// The same attachment may be named several times, but not without end: msgpack receivers get a copy for each.
fault find_placeholder_fault(std::string_view data, std::size_t attachments, const limits& l) {
  std::size_t placeholders = 0;
  for (const auto& c : containers_of(data)) {
    if (!c.placeholder)
      continue;
    if (c.index < 0 || static_cast<std::uint64_t>(c.index) >= attachments)
      return bad("A placeholder names an attachment that the packet does not have.");
    if (++placeholders > l.max_attachments)
      return bad("The packet has more placeholders than limits.max_attachments.");
  }
  return {};
}

} // namespace

std::optional<error> find_fault(const packet& p, std::size_t attachments, const limits& l) {
  if (auto f = find_data_fault(p, l))
    return f;
  if (attachments == 0)
    return {};
  if (p.type != packet_type::event && p.type != packet_type::ack)
    return bad("Only events and acks carry binary values.");
  if (attachments > l.max_attachments)
    return bad("The packet has more binary attachments than limits.max_attachments.");
  return find_placeholder_fault(p.data, attachments, l);
}

bool valid_namespace(std::string_view nsp) {
  auto breaks = [](char c) { return c == ',' || static_cast<unsigned char>(c) < 0x20; };
  return nsp.starts_with('/') && std::none_of(nsp.begin(), nsp.end(), breaks) && json::valid_utf8(nsp);
}

} // namespace troupe::socketio
