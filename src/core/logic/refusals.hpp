#pragma once
// The reasons for which an event is refused, each made in one place so that a code always means the same (docs/errors.md).

#include "base/error.hpp"
#include "core/room/safety.hpp"

#include <string_view>

namespace troupe::logic {

error invalid_payload(std::string message);
/// `field` names the member, in quotes in the sentence.
error missing_field(std::string_view field);
error name_too_long(std::string_view field, std::size_t max_bytes);
error payload_too_large(std::string_view field, std::size_t max_bytes);
error not_permitted(std::string message);
error not_in_room(std::string_view room);
error unknown_event(std::string_view name);
error reserved_event(std::string_view name);
/// `reached` is less than `asked`.
error level_not_reached(room::safety reached, room::safety asked);
error too_many_watched_users(std::size_t max);

} // namespace troupe::logic
