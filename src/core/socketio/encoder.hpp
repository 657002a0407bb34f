#pragma once

#include "core/socketio/packet.hpp"

#include <string>
#include <string_view>

namespace troupe::socketio {

/// The text of a packet without the Engine.IO digit: `2["hi"]`, `51-/nsp,7["b",{"_placeholder":true,"num":0}]`.
/// Attachments follow as separate binary messages.
std::string encode_text(const packet& p);
/// The part of that text before the data, e.g. `51-/nsp,7`.
std::string text_head(const packet& p);

/// The packet as socket.io-msgpack-parser 3 sends it: one binary message, a map {type, nsp, data, id?}, binaries
/// inline.
std::string encode_msgpack(const packet& p);

/// An event's data array: `["name",args...]`, args as in logic::arguments.
std::string event_data(std::string_view name, std::string_view args);

} // namespace troupe::socketio
