#pragma once

#include "core/cluster/room_message.hpp"

#include <string>
#include <string_view>

namespace troupe::room {

/// What other programs hear of a message by the channel "room:<room>":
/// `{"room":..,"namespace":..,"event":..,"args":[..],"attachments":n,"from":user,"id":..,"epoch":n,"seq":n,"ts":ms}`
std::string public_message(std::string_view key, const cluster::room_message& m);

} // namespace troupe::room
