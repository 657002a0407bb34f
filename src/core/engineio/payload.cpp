#include "core/engineio/payload.hpp"

namespace troupe::engineio {
namespace {

error bad(const char* message) {
  return {"parse_error", message};
}

} // namespace

result<packet> decode_text(std::string_view text, std::string& scratch) {
  if (text.empty())
    return bad("An Engine.IO packet is empty; it starts with a type digit or 'b'.");
  if (text[0] == 'b') {
    auto bytes = base64_decode(text.substr(1));
    if (!bytes)
      return bad("A binary Engine.IO packet is not valid base64.");
    scratch = std::move(*bytes);
    return packet{packet_type::message, scratch, true};
  }
  if (text[0] < '0' || text[0] > '6')
    return bad("An Engine.IO packet starts with a character that is no packet type (0 to 6, or 'b').");
  return packet{static_cast<packet_type>(text[0] - '0'), text.substr(1), false};
}

std::optional<result<packet>> payload_reader::next() {
  if (ended_)
    return std::nullopt;
  const auto cut = rest_.find(payload_separator);
  auto decoded = decode_text(rest_.substr(0, cut), scratch_);
  ended_ = cut == rest_.npos || !decoded;
  if (!ended_)
    rest_.remove_prefix(cut + 1);
  return decoded;
}

} // namespace troupe::engineio
