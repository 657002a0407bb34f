#include "backends/postgres/binary.hpp"

#include <algorithm>

namespace troupe::postgres {
namespace {

void put(std::string& to, std::uint64_t n, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    to += static_cast<char>(n >> shift);
}

} // namespace

std::string as_bigint(std::uint64_t n) {
  std::string out;
  put(out, std::min<std::uint64_t>(n, INT64_MAX), 8);
  return out;
}

std::uint64_t from_bigint(std::string_view bytes) {
  std::uint64_t n = 0;
  for (const unsigned char c : bytes)
    n = n << 8 | c;
  return n;
}

/// One dimension whose first index is 1, or none at all for an empty array; nothing in it is null.
array_writer::array_writer(of type, std::size_t count, std::size_t bytes_expected) {
  out_.reserve(20 + 4 * count + bytes_expected);
  put(out_, count > 0 ? 1 : 0, 4);
  put(out_, 0, 4);
  put(out_, static_cast<std::uint32_t>(type), 4);
  if (count == 0)
    return;
  put(out_, count, 4);
  put(out_, 1, 4);
}

void array_writer::add(std::string_view value) {
  put(out_, value.size(), 4);
  out_ += value;
}

} // namespace troupe::postgres
