#pragma once
// Steps over pieces of JSON text that is known to be valid. All take and return positions inside `text`.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace troupe::json::scan {

inline bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

inline std::size_t skip_space(std::string_view text, std::size_t pos) {
  while (pos < text.size() && is_space(text[pos]))
    ++pos;
  return pos;
}

inline std::string_view trim(std::string_view text) {
  text.remove_prefix(skip_space(text, 0));
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// The high bit of every byte of `word` that is a quote, a backslash or below 0x20. Only the lowest bit set is exact.
inline std::uint64_t string_stops(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101u, highs = ones * 0x80;
  const std::uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
  return (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * 0x20) & ~word)) & highs;
}

/// The first quote, backslash or control character at or after `p`, or `end`.
inline const char* find_string_stop(const char* p, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - p >= 8; p += 8) {
      std::uint64_t word;
      std::memcpy(&word, p, 8);
      if (const auto stops = string_stops(word))
        return p + std::countr_zero(stops) / 8;
    }
  }
  while (p < end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20)
    ++p;
  return p;
}

/// Behind the closing quote of the string that opens at `pos`.
inline std::size_t skip_string(std::string_view text, std::size_t pos) {
  const char *p = text.data() + pos + 1, *end = text.data() + text.size();
  while ((p = find_string_stop(p, end)) < end && *p != '"')
    p = end - p > 2 ? p + 2 : end; // a backslash and what it escapes
  return static_cast<std::size_t>((p < end ? p + 1 : end) - text.data());
}

/// Behind the number or literal at `pos`.
inline std::size_t skip_scalar(std::string_view text, std::size_t pos) {
  while (pos < text.size() && text[pos] != ',' && text[pos] != ']' && text[pos] != '}' && !is_space(text[pos]))
    ++pos;
  return pos;
}

/// Behind the array or object at `pos`.
inline std::size_t skip_container(std::string_view text, std::size_t pos) {
  std::size_t depth = 0;
  while (pos < text.size()) {
    const char c = text[pos];
    if (c == '"') {
      pos = skip_string(text, pos);
      continue;
    }
    ++pos;
    if (c == '[' || c == '{')
      ++depth;
    else if ((c == ']' || c == '}') && --depth == 0)
      break;
  }
  return pos;
}

/// Behind the value that starts at `pos`.
inline std::size_t skip_value(std::string_view text, std::size_t pos) {
  const char c = text[pos];
  return c == '"' ? skip_string(text, pos) : c == '[' || c == '{' ? skip_container(text, pos) : skip_scalar(text, pos);
}

} // namespace troupe::json::scan
