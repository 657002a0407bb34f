#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace troupe::ws {

/// One message under permessage-deflate without context takeover (RFC 7692 7.2.1: raw deflate, the trailing 00 00 FF FF
/// removed). Uses a per-thread zlib stream that is reset, not rebuilt.
std::string deflate_message(std::string_view message);
/// The reverse. Errors: `too_big` beyond `max_size` bytes of output, `bad_deflate`.
result<std::string> inflate_message(std::string_view message, std::size_t max_size);
/// gzip (RFC 1952) or zlib-wrapped deflate for HTTP bodies.
enum class http_coding { gzip, deflate };
std::string compress_body(std::string_view body, http_coding coding);

} // namespace troupe::ws
