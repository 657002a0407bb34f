#pragma once
// WebSocket frames to a client: unmasked, final, unfragmented.

#include "core/ws/frame_reader.hpp"

#include <string>
#include <string_view>

namespace troupe::ws {

/// Appends the 2 to 10 byte header of a final frame. `compressed` sets RSV1.
void append_header(std::string& out, opcode op, std::size_t payload_size, bool compressed = false);
/// Appends a whole frame.
void append_frame(std::string& out, opcode op, std::string_view payload, bool compressed = false);
/// A close frame; code 0 means an empty body (the peer sees 1005).
std::string close_frame(std::uint16_t code, std::string_view reason = {});

} // namespace troupe::ws
