#include "base/printable.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace troupe {
namespace {

struct character {
  std::uint32_t code = 0;
  std::size_t size = 0; // 0: not UTF-8
};

/// The character at the front; overlong forms, surrogates and values beyond U+10FFFF are not UTF-8.
character front(std::string_view s) {
  auto lead = static_cast<unsigned char>(s[0]);
  if (lead < 0x80)
    return {lead, 1};
  std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || s.size() < size)
    return {};
  std::uint32_t code = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    auto c = static_cast<unsigned char>(s[i]);
    if ((c & 0xc0) != 0x80)
      return {};
    code = code << 6 | (c & 0x3fu);
  }
  bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff)
    return {};
  return {code, size};
}

bool hidden(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029
         || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void append_escaped(std::string& out, std::uint32_t code) {
  switch (code) {
  case '\n': out += "\\n"; break;
  case '\r': out += "\\r"; break;
  case '\t': out += "\\t"; break;
  default: out += code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
  }
}

} // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  out.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    auto c = front(text);
    std::size_t size = c.size == 0 ? 1 : c.size;
    if (out.size() + size > max_bytes) {
      out += fmt::format("...(+{} bytes)", text.size());
      break;
    }
    if (c.size == 0)
      append_escaped(out, static_cast<unsigned char>(text[0]));
    else if (hidden(c.code))
      append_escaped(out, c.code);
    else
      out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

} // namespace troupe
