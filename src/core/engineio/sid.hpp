#pragma once
// Session and socket ids: exactly 20 characters of [A-Za-z0-9_-] (15 bytes, base64url), because official tools route on
// that. An id says where it lives, so no table is needed to find a session from any shard.

#include "core/session_ref.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::engineio {

/// Engine.IO session id, a secret: node (2 bytes), shard (1), slot (3), random (9). The holder compares the whole
/// string.
struct sid_parts {
  std::uint16_t node = 0;
  std::uint16_t shard = 0;
  std::uint32_t slot = 0;
};
std::string make_sid(const sid_parts& where, const std::array<unsigned char, 9>& random);
std::optional<sid_parts> parse_sid(std::string_view sid);

/// Socket.IO socket id, public: node (2 bytes), shard (1), slot (3), generation (4), random (5).
struct socket_id_parts {
  std::uint16_t node = 0;
  session_ref session;
};
std::string make_socket_id(const socket_id_parts& where, const std::array<unsigned char, 5>& random);
/// Nothing unless the text has the form of an id; the form alone does not say that the socket exists.
std::optional<socket_id_parts> parse_socket_id(std::string_view id);

} // namespace troupe::engineio
