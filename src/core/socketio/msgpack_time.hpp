#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::socketio {

/// Milliseconds since the epoch as JavaScript's toISOString writes them, e.g. `2026-11-21T05:16:00.250Z`. Nothing
/// outside the years 0 to 9999.
std::optional<std::string> iso_time(std::int64_t unix_ms);

/// The payload of a msgpack timestamp extension (type -1; 4, 8 or 12 bytes) in milliseconds since the epoch, rounded
/// down.
std::optional<std::int64_t> read_timestamp(std::string_view payload);

/// A big-endian signed number of 8 bytes: how older encoders wrote a date in milliseconds (extension type 0).
std::optional<std::int64_t> read_milliseconds(std::string_view payload);

} // namespace troupe::socketio
