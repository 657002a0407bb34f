#pragma once
// What a packet must look like inside, whichever parser carried it.

#include "base/error.hpp"
#include "core/limits/limits.hpp"
#include "core/socketio/packet.hpp"

#include <optional>
#include <string_view>

namespace troupe::socketio {

/// Why `p`, whose data is valid JSON or empty, breaks the protocol (`parse_error`), or nothing: data of the right kind
/// for the type, event names that are allowed and within limits, `attachments` of them announced and every placeholder
/// in range.
std::optional<error> find_fault(const packet& p, std::size_t attachments, const limits& l);

/// A namespace name that may go on: starts with a slash, in UTF-8, without the comma that ends it in text packets and
/// without control characters (0x1e separates packets in polling, NUL the parts of room keys).
bool valid_namespace(std::string_view nsp);

} // namespace troupe::socketio
