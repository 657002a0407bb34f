#include "core/engineio/payload.hpp"

#include <array>
#include <cstdint>

namespace troupe::engineio {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t skip = 64, pad = 65, illegal = 66;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(illegal);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  values['-'] = 62;
  values['_'] = 63;
  values['='] = pad;
  for (unsigned char c : {' ', '\t', '\r', '\n'})
    values[c] = skip;
  return values;
}

constexpr auto values = make_values();

} // namespace

void append_base64(std::string& out, std::string_view bytes) {
  auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])); };
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t n = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    const char four[] = {alphabet[n >> 18], alphabet[n >> 12 & 63], alphabet[n >> 6 & 63], alphabet[n & 63]};
    out.append(four, 4);
  }
  if (i == bytes.size())
    return;
  const bool two = bytes.size() - i == 2;
  const std::uint32_t n = at(i) << 16 | (two ? at(i + 1) << 8 : 0);
  const char four[] = {alphabet[n >> 18], alphabet[n >> 12 & 63], two ? alphabet[n >> 6 & 63] : '=', '='};
  out.append(four, 4);
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned sextets = 0, pads = 0; // sextets: of the current group of four
  for (char c : text) {
    const auto v = values[static_cast<unsigned char>(c)];
    if (v == skip)
      continue;
    if (v == pad) {
      ++pads;
      continue;
    }
    if (v == illegal || pads)
      return std::nullopt;
    bits = bits << 6 | v;
    if (++sextets == 4) {
      const char three[] = {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
      out.append(three, 3);
      sextets = 0;
    }
  }
  const unsigned pads_allowed = sextets == 2 ? 2 : sextets == 3 ? 1 : 0;
  if (sextets == 1 || pads > pads_allowed)
    return std::nullopt;
  if (sextets == 2)
    out.push_back(static_cast<char>(bits >> 4));
  if (sextets == 3) {
    out.push_back(static_cast<char>(bits >> 10));
    out.push_back(static_cast<char>(bits >> 2));
  }
  return out;
}

} // namespace troupe::engineio
