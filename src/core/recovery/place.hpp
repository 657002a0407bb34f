#pragma once

#include "core/room/place.hpp"

#include <cstdint>
#include <string_view>

namespace troupe::recovery {

using room::place;

/// A room as offsets and journals know it: FNV-1a over its key (core/room/room_key.hpp), the same on every node. Never 0, which means
/// "no room".
constexpr std::uint64_t room_mark(std::string_view key) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const char c : key)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return h ? h : 1;
}

} // namespace troupe::recovery
