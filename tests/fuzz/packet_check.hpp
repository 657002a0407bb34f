#pragma once

#include "core/limits/limits.hpp"
#include "core/socketio/packet.hpp"

namespace troupe::fuzz {

/// The limits that the Socket.IO targets decode with.
const limits& tight_limits();

/// What must hold for every packet that a decoder lets through: its form, and that both encoders bring it back.
void check_packet(const socketio::packet& p);

} // namespace troupe::fuzz
