#pragma once
// The few calls into libjose.

#include "backends/auth/json_ptr.hpp"

#include <optional>
#include <string>

struct jose_cfg;

namespace troupe::auth::jose {

/// This thread's libjose context: without one the library prints to standard error.
struct jose_cfg* context();

/// Base64url without padding; nullopt when it is not that.
std::optional<std::string> decode(std::string_view base64url);
std::string encode(std::string_view bytes);

/// Whether `signature` over `protected_header.payload` (all base64url) was made with `jwk`, whose `alg` decides how.
/// Constant time where secrets are compared. Any thread.
bool verify(std::string_view protected_header, std::string_view payload, std::string_view signature, const json_t* jwk);

/// The signed token in compact form; nullopt when the key does not fit the header's alg.
std::optional<std::string> sign(const json_t* protected_header, std::string_view payload, const json_t* jwk);

} // namespace troupe::auth::jose
