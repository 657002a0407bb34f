#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::load {

/// http://host:port or https://host:port (ws and wss mean the same).
struct url {
  bool tls = false;
  std::string host; ///< without the brackets of an IPv6 address
  std::uint16_t port = 0;

  /// As in the Host header.
  std::string authority() const;
};

/// Errors: `invalid_url`. A path behind the port is refused: it is an option of its own.
result<url> parse_url(std::string_view text);

} // namespace troupe::load
