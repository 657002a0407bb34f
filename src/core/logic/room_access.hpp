#pragma once

#include "base/error.hpp"
#include "core/identity.hpp"
#include "core/logic/namespace_logic.hpp"

#include <optional>
#include <string_view>

namespace troupe::logic {

/// Whether `who` may join `room` and send to it. A token without a permission that starts with `room:` may use every room;
/// with such permissions it may use the rooms that one of them matches: `room:lobby` exactly, `room:team-1-*` by prefix,
/// `room:*` all. The role `admin` may use every room.
bool may_use_room(const identity& who, std::string_view room);

/// The same as an error, and also `not_permitted` for a name that is a socket's own room: whoever joined that one would read
/// what is meant for that socket alone.
std::optional<error> refuse_room(const socket_info& socket, std::string_view room);

bool is_member(const socket_info& socket, std::string_view room);

} // namespace troupe::logic
