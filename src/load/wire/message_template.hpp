#pragma once
// Events with `{room}`, `{index}` and `{body}` in them, as the user wrote them on the command line.

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::load {

/// What stands in for the placeholders.
struct template_values {
  std::string_view room;   ///< {room}
  std::uint32_t index = 0; ///< {index}: of the connection
  std::string_view body;   ///< {body}
};

/// `text` with its placeholders filled in. All other braces stay: templates are JSON.
std::string expand(std::string_view text, const template_values& values);

/// What is wrong with the template of an event: filled in, it must be a JSON array with the event's name first.
/// `invalid_template`, or nothing.
std::optional<error> check_event_template(std::string_view text);

/// A masked client frame with `payload` as its text. The mask is zero, which RFC 6455 does not forbid the receiver to
/// take and which leaves the payload as it is.
std::string client_frame(std::string_view payload);

/// A frame that is sent again and again, with a marker inside that changes each time.
struct marked_frame {
  std::string bytes;
  std::size_t marker_at = 0; ///< of the first marker; there may be more
  std::size_t id_at = 0;     ///< where the digits of the ack id stand; 0: there is no id
};

/// Digits of the ack id in frames that ask for one.
constexpr std::size_t id_digits = 9;

/// `4` `2` + namespace + (ack id) + the expanded template. `body_bytes` is the length of {body}, marker::size at least.
marked_frame make_marked_frame(
  std::string_view text, template_values values, std::string_view nsp_prefix, std::size_t body_bytes, bool with_id);

} // namespace troupe::load
