#include "core/engineio/sid.hpp"

#include <algorithm>
#include <cstdint>

namespace troupe::engineio {
namespace {

constexpr std::size_t id_bytes = 15, id_chars = 20;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using id_array = std::array<unsigned char, id_bytes>;

constexpr unsigned char no_digit = 64;

constexpr std::array<unsigned char, 256> digits = [] {
  std::array<unsigned char, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned char>(i);
  return values;
}();

std::string encode(const id_array& bytes) {
  std::string out;
  out.reserve(id_chars);
  for (std::size_t i = 0; i < id_bytes; i += 3) {
    const std::uint32_t n = std::uint32_t{bytes[i]} << 16 | std::uint32_t{bytes[i + 1]} << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6)
      out.push_back(alphabet[n >> shift & 63]);
  }
  return out;
}

std::optional<id_array> decode(std::string_view id) {
  if (id.size() != id_chars)
    return std::nullopt;
  id_array bytes{};
  for (std::size_t i = 0; i < id_chars; i += 4) {
    std::uint32_t n = 0;
    for (char c : id.substr(i, 4)) {
      const auto v = digits[static_cast<unsigned char>(c)];
      if (v == no_digit)
        return std::nullopt;
      n = n << 6 | v;
    }
    for (std::size_t k = 0; k < 3; ++k)
      bytes[i / 4 * 3 + k] = static_cast<unsigned char>(n >> (16 - 8 * k));
  }
  return bytes;
}

void put(id_array& bytes, std::size_t at, std::size_t count, std::uint32_t value) {
  for (std::size_t i = 0; i < count; ++i)
    bytes[at + i] = static_cast<unsigned char>(value >> (8 * (count - 1 - i)));
}

std::uint32_t get(const id_array& bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | bytes[at + i];
  return value;
}

} // namespace

std::string make_sid(const sid_parts& where, const std::array<unsigned char, 9>& random) {
  id_array bytes{};
  put(bytes, 0, 2, where.node);
  put(bytes, 2, 1, where.shard);
  put(bytes, 3, 3, where.slot);
  std::copy(random.begin(), random.end(), bytes.begin() + 6);
  return encode(bytes);
}

std::optional<sid_parts> parse_sid(std::string_view sid) {
  const auto bytes = decode(sid);
  if (!bytes)
    return std::nullopt;
  return sid_parts{
    static_cast<std::uint16_t>(get(*bytes, 0, 2)), static_cast<std::uint16_t>(get(*bytes, 2, 1)), get(*bytes, 3, 3)};
}

std::string make_socket_id(const socket_id_parts& where, const std::array<unsigned char, 5>& random) {
  id_array bytes{};
  put(bytes, 0, 2, where.node);
  put(bytes, 2, 1, where.session.shard);
  put(bytes, 3, 3, where.session.slot);
  put(bytes, 6, 4, where.session.generation);
  std::copy(random.begin(), random.end(), bytes.begin() + 10);
  return encode(bytes);
}

std::optional<socket_id_parts> parse_socket_id(std::string_view id) {
  const auto bytes = decode(id);
  if (!bytes)
    return std::nullopt;
  return socket_id_parts{
    static_cast<std::uint16_t>(get(*bytes, 0, 2)),
    {static_cast<std::uint16_t>(get(*bytes, 2, 1)), get(*bytes, 3, 3), get(*bytes, 6, 4)}};
}

} // namespace troupe::engineio
