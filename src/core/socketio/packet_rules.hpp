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

/// A namespace name that may go on: starts with a slash, UTF-8, no NUL.
bool valid_namespace(std::string_view nsp);

} // namespace troupe::socketio
