#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace troupe::recovery {

/// A message's place in its room; compared by epoch first. {0, 0} comes before every message.
struct place {
  std::uint64_t epoch = 0;
  std::uint64_t seq = 0;

  auto operator<=>(const place&) const = default;
};

/// A room as offsets and journals know it: FNV-1a over its key (core/room/room_key.hpp), the same on every node. Never 0, which means
/// "no room".
constexpr std::uint64_t room_mark(std::string_view key) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const char c : key)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return h ? h : 1;
}

} // namespace troupe::recovery
