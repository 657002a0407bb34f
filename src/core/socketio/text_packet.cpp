#include "core/socketio/text_packet.hpp"

#include "core/json/json_text.hpp"
#include "core/json/scan.hpp"
#include "core/socketio/packet_rules.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::socketio {
namespace {

error bad(const char* message) {
  return {"parse_error", message};
}

/// Cuts the decimal digits off the front of `text`.
std::string_view cut_digits(std::string_view& text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; });
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

/// `digits` are at most 18 decimal digits.
std::uint64_t to_number(std::string_view digits) {
  std::uint64_t n = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return n;
}

/// The `<n>-` of a binary packet; 0 if it is not well formed, which is no legal count either.
std::size_t cut_attachments(std::string_view& text) {
  const auto digits = cut_digits(text);
  if (digits.empty() || digits.size() > 9 || !text.starts_with('-'))
    return 0;
  text.remove_prefix(1);
  return to_number(digits);
}

/// The namespace up to its comma; without a comma it is all there is, as the C++ client sends it.
void cut_namespace(std::string_view& text, std::string& nsp) {
  const auto comma = text.find(',');
  nsp = text.substr(0, comma);
  text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
}

} // namespace

result<text_packet> parse_text(std::string_view text, const limits& l) {
  if (text.empty() || text[0] < '0' || text[0] > '6')
    return bad("A Socket.IO packet starts with its type, a digit from 0 to 6.");
  const int digit = text[0] - '0';
  text.remove_prefix(1);
  text_packet out;
  out.head.type = static_cast<packet_type>(digit < 5 ? digit : digit - 3);
  if (digit >= 5 && (out.attachments = cut_attachments(text)) == 0)
    return bad("A binary packet tells the number of its attachments, at least one, before a '-'.");
  if (text.starts_with('/')) {
    cut_namespace(text, out.head.nsp);
    if (!valid_namespace(out.head.nsp))
      return bad("The namespace holds a control character or is not UTF-8.");
  }
  const auto id = cut_digits(text);
  if (id.size() > 18)
    return bad("The ack id has more than 18 digits.");
  if (!id.empty())
    out.head.id = to_number(id);
  if (!text.empty() && !json::valid(text, l.max_json_depth))
    return bad("The packet's data is not valid JSON in UTF-8, or is nested deeper than limits.max_json_depth.");
  out.head.data = json::scan::trim(text);
  if (auto fault = find_fault(out.head, out.attachments, l))
    return std::move(*fault);
  return out;
}

} // namespace troupe::socketio
