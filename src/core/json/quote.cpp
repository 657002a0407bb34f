#include "core/json/json_text.hpp"
#include "core/json/scan.hpp"
#include "core/json/utf8.hpp"

#include <algorithm>

namespace troupe::json {
namespace {

/// A copy in which every byte that is no part of a valid UTF-8 character became U+FFFD.
std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const bool good = length <= text.size() && valid_utf8(text.substr(0, length));
    if (good)
      out.append(text.substr(0, length));
    else
      out.append("\xef\xbf\xbd");
    text.remove_prefix(good ? length : 1);
  }
  return out;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
  case '"': out.append("\\\""); return;
  case '\\': out.append("\\\\"); return;
  case '\b': out.append("\\b"); return;
  case '\f': out.append("\\f"); return;
  case '\n': out.append("\\n"); return;
  case '\r': out.append("\\r"); return;
  case '\t': out.append("\\t"); return;
  default: out.append("\\u00").append(1, hex[c >> 4 & 15]).append(1, hex[c & 15]);
  }
}

} // namespace

void append_string(std::string& out, std::string_view text) {
  if (!valid_utf8(text))
    return append_string(out, repaired(text));
  out.push_back('"');
  const char *p = text.data(), *end = p + text.size();
  while (p < end) {
    const char* stop = scan::find_string_stop(p, end);
    out.append(p, stop);
    p = stop;
    if (p < end)
      append_escape(out, *p++);
  }
  out.push_back('"');
}

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

} // namespace troupe::json
