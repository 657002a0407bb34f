#pragma once

#include "base/error.hpp"
#include "core/limits/limits.hpp"
#include "core/socketio/packet.hpp"

#include <string_view>

namespace troupe::socketio {

/// A packet's text, read: the packet still without its attachments, and how many follow.
struct text_packet {
  packet head;
  std::size_t attachments = 0;
};

/// `<type>[<n>-][<nsp>,][<ack id>][<JSON>]`, whole and checked. Errors: `parse_error`.
result<text_packet> parse_text(std::string_view text, const limits& l);

} // namespace troupe::socketio
