#pragma once

#include <string>
#include <string_view>

namespace troupe::engineio {

/// Engine.IO's numbered refusals of a request (docs/errors.md). The body is `{"code":N,"message":"..."}`.
enum class refusal { unknown_transport = 0, unknown_sid = 1, bad_handshake_method = 2, bad_request = 3, forbidden = 4, unsupported_protocol = 5 };

inline std::string_view to_string(refusal r) {
  switch (r) {
    case refusal::unknown_transport: return "Transport unknown";
    case refusal::unknown_sid: return "Session ID unknown";
    case refusal::bad_handshake_method: return "Bad handshake method";
    case refusal::bad_request: return "Bad request";
    case refusal::forbidden: return "Forbidden";
    case refusal::unsupported_protocol: return "Unsupported protocol version";
  }
  return "Bad request";
}

inline unsigned http_status(refusal r) { return r == refusal::forbidden ? 403 : 400; }

} // namespace troupe::engineio
