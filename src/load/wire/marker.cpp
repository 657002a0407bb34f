#include "load/wire/marker.hpp"

#include <bit>

namespace troupe::load {
namespace {

static_assert(std::endian::native == std::endian::little, "the digits are read eight at a time");

constexpr char digits[] = "0123456789abcdef";

void write_hex(char* to, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i, value >>= 4)
    to[i] = digits[value & 15];
}

/// Eight lower-case digits at once: the value of each, then pairs, then pairs of pairs.
std::uint32_t read_hex(const char* from) {
  std::uint64_t x;
  std::memcpy(&x, from, 8);
  x = (x & 0x0f0f0f0f0f0f0f0f) + 9 * (x >> 6 & 0x0101010101010101);
  x = (x << 4 | x >> 8) & 0x00ff00ff00ff00ff;
  x = (x << 8 | x >> 16) & 0x0000ffff0000ffff;
  return static_cast<std::uint32_t>((x << 16 | x >> 32) & 0xffffffff);
}

} // namespace

marker_format::marker_format(std::uint32_t run) : tag_{'~', 't', 'l'} {
  write_hex(tag_ + 3, run, 5);
}

void marker_format::write(char* to, const marker& m) const {
  std::memcpy(to, tag_, marker::tag_size);
  write_hex(to + 8, m.room, 8);
  write_hex(to + 16, m.publisher, 8);
  write_hex(to + 24, m.seq, 8);
  write_hex(to + 32, static_cast<std::uint64_t>(m.due_ns), 16);
}

void marker_format::read(const char* from, marker& out) {
  out.room = read_hex(from + 8);
  out.publisher = read_hex(from + 16);
  out.seq = read_hex(from + 24);
  out.due_ns = static_cast<std::int64_t>(std::uint64_t{read_hex(from + 32)} << 32 | read_hex(from + 40));
}

bool marker_format::search(std::string_view text, marker& out) {
  const auto at = text.find(std::string_view{tag_, marker::tag_size});
  if (at == text.npos || text.size() < at + marker::size)
    return false;
  last_ = at;
  read(text.data() + at, out);
  return true;
}

} // namespace troupe::load
