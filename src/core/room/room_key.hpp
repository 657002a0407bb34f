#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// The key of a room in fan-out indexes and directories: namespace, NUL, room name. Neither part may hold a NUL. The
/// empty room name means every socket of the namespace.
inline std::string room_key(std::string_view nsp, std::string_view room) {
  std::string key;
  key.reserve(nsp.size() + 1 + room.size());
  key.append(nsp).push_back('\0');
  return key.append(room);
}

inline std::string_view nsp_of(std::string_view key) { return key.substr(0, key.find('\0')); }
inline std::string_view room_of(std::string_view key) { return key.substr(key.find('\0') + 1); }

} // namespace troupe
