#include "core/ws/frame_header.hpp"

#include <cstring>

namespace troupe::ws {
namespace {

constexpr unsigned mask_bit = 0x80;
constexpr std::size_t mask_size = 4;

bool known(unsigned op) {
  return op <= 2 || (op >= 8 && op <= 10);
}

/// Rules that the first two bytes can break.
bool legal_start(unsigned first, unsigned second) {
  const unsigned op = first & 0x0f, length = second & 0x7f;
  const bool fin = first & 0x80, control = op >= 8;
  return (first & 0x30) == 0 && known(op) && (second & mask_bit) && (!control || (fin && length <= 125));
}

std::uint64_t big_endian(std::span<const char> bytes) {
  std::uint64_t n = 0;
  for (char c : bytes)
    n = n << 8 | static_cast<unsigned char>(c);
  return n;
}

} // namespace

header_check read_header(std::span<const char> bytes, frame_header& out) {
  if (bytes.size() < 2)
    return {.need = 2};
  const unsigned first = static_cast<unsigned char>(bytes[0]), second = static_cast<unsigned char>(bytes[1]);
  if (!legal_start(first, second))
    return {.legal = false};
  const unsigned length = second & 0x7f;
  const std::size_t extended = length == 127 ? 8 : length == 126 ? 2 : 0;
  out.fin = first & 0x80;
  out.rsv1 = first & 0x40;
  out.op = static_cast<opcode>(first & 0x0f);
  out.size = 2 + extended + mask_size;
  if (bytes.size() < out.size)
    return {.need = out.size};
  out.payload_size = extended ? big_endian(bytes.subspan(2, extended)) : length;
  const bool minimal = extended == 0 || (extended == 2 ? out.payload_size > 125 : out.payload_size > 0xffff);
  if (!minimal || out.payload_size >> 63)
    return {.legal = false};
  std::memcpy(out.mask.data(), bytes.data() + 2 + extended, mask_size);
  return {.complete = true, .need = out.size};
}

void unmask(std::span<char> bytes, const std::array<char, 4>& mask) {
  std::uint64_t wide;
  std::memcpy(&wide, mask.data(), 4);
  std::memcpy(reinterpret_cast<char*>(&wide) + 4, mask.data(), 4);
  char* p = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    word ^= wide;
    std::memcpy(p, &word, 8);
  }
  for (std::size_t i = 0; i < left; ++i)
    p[i] = static_cast<char>(p[i] ^ mask[i % 4]);
}

} // namespace troupe::ws
