#include "core/engineio/close_reason.hpp"

namespace troupe::engineio {

std::string_view to_string(close_reason r) {
  switch (r) {
    case close_reason::transport_close: return "transport close";
    case close_reason::transport_error: return "transport error";
    case close_reason::ping_timeout: return "ping timeout";
    case close_reason::parse_error: return "parse error";
    case close_reason::forced_close: return "forced close";
    case close_reason::server_shutting_down: return "server shutting down";
    case close_reason::slow_reader: return "slow reader";
    case close_reason::connect_timeout: return "connect timeout";
    case close_reason::overloaded: return "overloaded";
  }
  return "unknown";
}

} // namespace troupe::engineio
