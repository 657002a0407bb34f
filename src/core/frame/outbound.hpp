#pragma once

#include "core/frame/frame.hpp"
#include "core/socketio/packet.hpp"

#include <memory>

namespace troupe {

/// A packet on its way to many receivers: the JSON-parser frame, encoded once by the sender, and the packet itself,
/// from which a shard that has msgpack receivers makes their frame (once per shard and message).
struct outbound {
  socketio::packet packet;
  frame_ptr text;
};

using outbound_ptr = std::shared_ptr<const outbound>;

} // namespace troupe
