#include "core/json/json_text.hpp"
#include "core/json/scan.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace troupe::json {
namespace {

constexpr char32_t replacement = 0xfffd;

void append_utf8(std::string& out, char32_t c) {
  auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80)
    return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

char32_t hex4(std::string_view text) {
  unsigned n = 0;
  std::from_chars(text.data(), text.data() + 4, n, 16);
  return n;
}

/// Reads the `uXXXX` at the front of `rest`, and the low half of a surrogate pair behind it.
void append_unicode_escape(std::string& out, std::string_view& rest) {
  char32_t c = hex4(rest.substr(1));
  rest.remove_prefix(5);
  if (c >= 0xd800 && c < 0xdc00 && rest.size() >= 6 && rest.substr(0, 2) == "\\u") {
    const char32_t low = hex4(rest.substr(2));
    if (low >= 0xdc00 && low < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
      rest.remove_prefix(6);
    }
  }
  append_utf8(out, c >= 0xd800 && c < 0xe000 ? replacement : c);
}

char unescaped(char c) {
  switch (c) {
  case 'b': return '\b';
  case 'f': return '\f';
  case 'n': return '\n';
  case 'r': return '\r';
  case 't': return '\t';
  default: return c;
  }
}

} // namespace

std::optional<std::string> string_value(std::string_view value) {
  auto rest = scan::trim(value);
  if (rest.size() < 2 || rest.front() != '"')
    return std::nullopt;
  rest = rest.substr(1, rest.size() - 2);
  std::string out;
  out.reserve(rest.size());
  for (;;) {
    const auto slash = rest.find('\\');
    out.append(rest.substr(0, slash));
    if (slash == rest.npos)
      return out;
    rest.remove_prefix(slash + 1);
    if (rest.front() == 'u') {
      append_unicode_escape(out, rest);
    } else {
      out.push_back(unescaped(rest.front()));
      rest.remove_prefix(1);
    }
  }
}

std::optional<std::int64_t> integer_value(std::string_view value) {
  const auto text = scan::trim(value);
  std::int64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  return failed == std::errc{} && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
}

std::optional<bool> boolean_value(std::string_view value) {
  const auto text = scan::trim(value);
  return text == "true" || text == "false" ? std::optional(text == "true") : std::nullopt;
}

std::optional<double> number_value(std::string_view value) {
  const auto text = scan::trim(value);
  if (text.empty() || kind_of(text) != kind::number)
    return std::nullopt;
  double n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (failed == std::errc::result_out_of_range)
    n = std::strtod(std::string(text).c_str(), nullptr); // tells too large (infinity) from too small (zero)
  else if (failed != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return std::isfinite(n) ? std::optional(n) : std::nullopt;
}

std::optional<std::string> string_member(std::string_view object, std::string_view name) {
  const auto value = member(object, name);
  if (!value)
    return std::nullopt;
  if (auto text = string_value(*value))
    return text;
  const auto number = integer_value(*value);
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

} // namespace troupe::json
