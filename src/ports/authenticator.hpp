#pragma once

#include "base/error.hpp"
#include "core/identity.hpp"

#include <string_view>

namespace troupe::ports {

/// What a client shows at CONNECT.
struct credentials {
  std::string_view auth;          ///< the CONNECT payload: a JSON object, or empty
  std::string_view authorization; ///< the handshake's Authorization header, or empty
  unix_ms now = 0;                ///< to judge expiry by
};

/// Decides who is connecting. Pure of effects, callable from any thread, never blocks.
class authenticator {
 public:
  virtual ~authenticator() = default;
  /// Errors: `unauthorized` (no or bad token), `token_expired`, `invalid_auth` (malformed payload).
  virtual result<identity> authenticate(const credentials& c) const = 0;
};

} // namespace troupe::ports
