#include "core/socketio/msgpack_writer.hpp"

#include <bit>
#include <cmath>

namespace troupe::socketio {

void msgpack_writer::put(unsigned tag, std::uint64_t n, int bytes) {
  put(tag);
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    put(static_cast<unsigned>(n >> shift & 0xff));
}

void msgpack_writer::unsigned_integer(std::uint64_t n) {
  if (n <= 0x7f)
    put(static_cast<unsigned>(n));
  else if (n <= 0xff)
    put(0xcc, n, 1);
  else if (n <= 0xffff)
    put(0xcd, n, 2);
  else if (n <= 0xffffffff)
    put(0xce, n, 4);
  else
    put(0xcf, n, 8);
}

void msgpack_writer::integer(std::int64_t n) {
  const auto bits = static_cast<std::uint64_t>(n);
  if (n >= 0)
    unsigned_integer(bits);
  else if (n >= -32)
    put(static_cast<unsigned>(bits & 0xff));
  else if (n >= INT8_MIN)
    put(0xd0, bits, 1);
  else if (n >= INT16_MIN)
    put(0xd1, bits, 2);
  else if (n >= INT32_MIN)
    put(0xd2, bits, 4);
  else
    put(0xd3, bits, 8);
}

void msgpack_writer::number(double n) {
  constexpr double exact = 9007199254740992.0; // 2^53
  if (std::trunc(n) == n && std::abs(n) <= exact)
    integer(static_cast<std::int64_t>(n));
  else
    put(0xcb, std::bit_cast<std::uint64_t>(n), 8);
}

void msgpack_writer::string(std::string_view s) {
  if (s.size() <= 31)
    put(0xa0 | static_cast<unsigned>(s.size()));
  else if (s.size() <= 0xff)
    put(0xd9, s.size(), 1);
  else if (s.size() <= 0xffff)
    put(0xda, s.size(), 2);
  else
    put(0xdb, s.size(), 4);
  out_.append(s);
}

void msgpack_writer::binary(std::string_view bytes) {
  if (bytes.size() <= 0xff)
    put(0xc4, bytes.size(), 1);
  else if (bytes.size() <= 0xffff)
    put(0xc5, bytes.size(), 2);
  else
    put(0xc6, bytes.size(), 4);
  out_.append(bytes);
}

void msgpack_writer::array(std::size_t elements) {
  if (elements <= 15)
    put(0x90 | static_cast<unsigned>(elements));
  else if (elements <= 0xffff)
    put(0xdc, elements, 2);
  else
    put(0xdd, elements, 4);
}

void msgpack_writer::map(std::size_t members) {
  if (members <= 15)
    put(0x80 | static_cast<unsigned>(members));
  else if (members <= 0xffff)
    put(0xde, members, 2);
  else
    put(0xdf, members, 4);
}

} // namespace troupe::socketio
