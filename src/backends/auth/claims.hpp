#pragma once

#include "backends/auth/json_ptr.hpp"
#include "backends/auth/jwt_options.hpp"
#include "base/error.hpp"
#include "core/identity.hpp"

namespace troupe::auth {

/// Judges exp, nbf, iat, iss and aud and reads who it is. Errors: `token_expired`, `unauthorized`.
result<identity> identity_from_claims(const json_t* claims, const jwt_options& options, unix_ms now);

} // namespace troupe::auth
