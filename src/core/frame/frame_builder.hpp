#pragma once

#include "core/frame/outbound.hpp"
#include "core/socketio/decoder.hpp"

namespace troupe {

struct frame_options {
  bool is_volatile = false;
  bool compress = true;
  bool deflate = false; ///< also build the permessage-deflate form
  std::size_t deflate_threshold = 1024;
};

/// Encodes a packet into WebSocket frames, once for all its receivers.
frame_ptr build_frame(const socketio::packet& p, socketio::parser format, const frame_options& o = {});

/// The packet and its JSON-parser frame, ready for a fan-out.
outbound_ptr build_outbound(socketio::packet p, const frame_options& o = {});

/// One Engine.IO text packet such as the open packet or a ping: `payload` with its digit.
frame_ptr build_engine_frame(std::string_view payload);

} // namespace troupe
