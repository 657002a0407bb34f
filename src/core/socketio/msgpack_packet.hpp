#pragma once

#include "base/error.hpp"
#include "core/limits/limits.hpp"
#include "core/socketio/packet.hpp"

#include <string_view>

namespace troupe::socketio {

/// A packet of socket.io-msgpack-parser: a map {type, nsp, data?, id?} whose other members are ignored. Binary values
/// become attachments, timestamps ISO 8601 strings, numbers that JSON cannot spell null. Errors: `parse_error`.
result<packet> parse_msgpack(std::string_view bytes, const limits& l);

} // namespace troupe::socketio
