#include "core/json/utf8.hpp"

#include <simdjson.h>

#include <cstdint>
#include <cstring>

namespace troupe::json {
namespace {

/// Most short texts are ASCII, and deciding that is cheaper than the call into simdjson.
bool short_ascii(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080u;
  std::uint64_t seen = 0, word = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::memcpy(&word, text.data() + i, 8);
    seen |= word;
  }
  word = 0;
  std::memcpy(&word, text.data() + i, text.size() - i);
  return ((seen | word) & high_bits) == 0;
}

} // namespace

bool valid_utf8(std::string_view text) {
  if (text.empty() || (text.size() <= 64 && short_ascii(text)))
    return true;
  return simdjson::validate_utf8(text.data(), text.size());
}

} // namespace troupe::json
