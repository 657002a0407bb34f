#include "core/logic/room_access.hpp"

#include "core/engineio/sid.hpp"
#include "core/logic/refusals.hpp"
#include "core/name_pattern.hpp"

#include <algorithm>

namespace troupe::logic {
namespace {

constexpr std::string_view prefix = "room:";

/// A 20-character room name can look like a socket id by chance, and such names are in common use as keys. Node, shard and a
/// slot in use match together by chance once in 33 million names.
bool names_a_socket(const socket_info& socket, std::string_view room) {
  constexpr std::uint32_t shards_in_use = 64, slots_in_use = 1 << 17;
  const auto other = engineio::parse_socket_id(room);
  if (!other)
    return false;
  const auto own = engineio::parse_socket_id(socket.id);
  return own && other->node == own->node && other->session.shard < shards_in_use && other->session.slot < slots_in_use;
}

} // namespace

bool may_use_room(const identity& who, std::string_view room) {
  if (who.has_role("admin"))
    return true;
  bool limited = false;
  for (std::string_view permission : who.permissions) {
    if (!permission.starts_with(prefix))
      continue;
    limited = true;
    if (matches(permission.substr(prefix.size()), room))
      return true;
  }
  return !limited;
}

std::optional<error> refuse_room(const socket_info& socket, std::string_view room) {
  if (!may_use_room(socket.who, room))
    return not_permitted("your token does not allow the room \"" + std::string(room) + "\"");
  if (room != socket.id && names_a_socket(socket, room))
    return not_permitted("a socket id cannot be used as a room");
  return std::nullopt;
}

bool is_member(const socket_info& socket, std::string_view room) {
  return std::find(socket.rooms.begin(), socket.rooms.end(), room) != socket.rooms.end();
}

} // namespace troupe::logic
