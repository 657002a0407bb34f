#pragma once

#include "backends/auth/json_ptr.hpp"
#include "base/error.hpp"

namespace troupe::auth {

/// A JWK from a PEM public key or certificate. A private key is refused: a server that only checks must not hold one.
/// Error `invalid_key`.
result<json_ptr> public_jwk_from_pem(std::string_view pem);

/// A JWK with its private part. Keys with a pass phrase are refused. Error `invalid_key`.
result<json_ptr> private_jwk_from_pem(std::string_view pem);

} // namespace troupe::auth
