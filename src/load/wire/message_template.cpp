#include "load/wire/message_template.hpp"

#include "core/json/json_text.hpp"
#include "load/wire/marker.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr std::string_view body_stand_in{"\x01", 1}; // not legal in JSON, so it cannot be the user's

/// The header of a client's text frame; its length is all that matters to the offsets behind it.
std::string client_header(std::size_t size) {
  std::string out{"\x81"};
  if (size <= 125) {
    out += static_cast<char>(0x80 | size);
  } else {
    const int bytes = size <= 0xffff ? 2 : 8;
    out += static_cast<char>(0x80 | (bytes == 2 ? 126 : 127));
    for (int i = bytes - 1; i >= 0; --i)
      out += static_cast<char>(size >> (8 * i) & 0xff);
  }
  return out.append(4, '\0');
}

bool is_event(std::string_view text) {
  json::array_reader elements{text};
  const auto first = elements.next();
  return first && json::kind_of(*first) == json::kind::string;
}

} // namespace

std::string expand(std::string_view text, const template_values& values) {
  std::string out;
  while (!text.empty()) {
    const auto brace = text.find('{');
    out += text.substr(0, brace);
    if (brace == text.npos)
      break;
    text.remove_prefix(brace);
    if (text.starts_with("{room}")) {
      out += values.room;
      text.remove_prefix(6);
    } else if (text.starts_with("{index}")) {
      out += std::to_string(values.index);
      text.remove_prefix(7);
    } else if (text.starts_with("{body}")) {
      out += values.body;
      text.remove_prefix(6);
    } else {
      out += '{';
      text.remove_prefix(1);
    }
  }
  return out;
}

std::optional<error> check_event_template(std::string_view text) {
  const auto filled = expand(text, {"room", 1, "body"});
  if (json::valid(filled) && json::kind_of(filled) == json::kind::array && is_event(filled))
    return std::nullopt;
  return error{
    "invalid_template",
    "an event is a JSON array with its name first, as in [\"say\",\"{body}\"]; this is none: " + std::string(text)};
}

std::string client_frame(std::string_view payload) {
  return client_header(payload.size()).append(payload);
}

marked_frame make_marked_frame(
  std::string_view text, template_values values, std::string_view nsp_prefix, std::size_t body_bytes, bool with_id) {
  values.body = body_stand_in;
  std::string payload{"42"};
  payload += nsp_prefix;
  const auto id_at = payload.size();
  if (with_id)
    payload.append(id_digits, '0');
  payload += expand(text, values);
  const std::string body(std::max(body_bytes, marker::size), 'x');
  const auto marker_at = payload.find(body_stand_in);
  for (auto at = marker_at; at != payload.npos; at = payload.find(body_stand_in, at + body.size()))
    payload.replace(at, 1, body);
  const auto header = client_header(payload.size());
  marked_frame out{header + payload, header.size() + marker_at, with_id ? header.size() + id_at : 0};
  return out;
}

} // namespace troupe::load
