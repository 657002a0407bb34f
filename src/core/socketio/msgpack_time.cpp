#include "core/socketio/msgpack_time.hpp"

#include <chrono>
#include <cstdio>

namespace troupe::socketio {
namespace {

constexpr std::int64_t first_second = -62'167'219'200; // 0000-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t n = 0;
  for (char c : bytes)
    n = n << 8 | static_cast<unsigned char>(c);
  return n;
}

} // namespace

std::optional<std::string> iso_time(std::int64_t unix_ms) {
  using namespace std::chrono;
  if (unix_ms < first_second * 1000 || unix_ms > last_second * 1000 + 999)
    return std::nullopt;
  const sys_time<milliseconds> at{milliseconds(unix_ms)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  char text[40];
  const int length = std::snprintf(
    text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()), unsigned(date.month()),
    unsigned(date.day()), int(time.hours().count()), int(time.minutes().count()), int(time.seconds().count()),
    int(time.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(length));
}

std::optional<std::int64_t> read_timestamp(std::string_view payload) {
  std::int64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
  switch (payload.size()) {
  case 4: seconds = static_cast<std::int64_t>(big_endian(payload)); break;
  case 8:
    seconds = static_cast<std::int64_t>(big_endian(payload) & 0x3'ffff'ffff);
    nanoseconds = big_endian(payload) >> 34;
    break;
  case 12:
    nanoseconds = big_endian(payload.substr(0, 4));
    seconds = static_cast<std::int64_t>(big_endian(payload.substr(4)));
    break;
  default: return std::nullopt;
  }
  if (nanoseconds > 999'999'999 || seconds < first_second || seconds > last_second)
    return std::nullopt;
  return seconds * 1000 + static_cast<std::int64_t>(nanoseconds / 1'000'000);
}

std::optional<std::int64_t> read_milliseconds(std::string_view payload) {
  if (payload.size() != 8)
    return std::nullopt;
  return static_cast<std::int64_t>(big_endian(payload));
}

} // namespace troupe::socketio
