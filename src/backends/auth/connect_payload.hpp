#pragma once

#include "backends/auth/json_ptr.hpp"
#include "base/error.hpp"
#include "ports/authenticator.hpp"

namespace troupe::auth {

constexpr std::size_t max_payload_bytes = 32'768; ///< of a CONNECT packet's auth object
constexpr std::size_t max_user_id_bytes = 128;

/// The CONNECT payload as an object; an empty object when the client sent none. Error `invalid_auth`.
result<json_ptr> parse_payload(std::string_view auth);

/// 1 to 128 bytes without control characters.
bool is_valid_user_id(std::string_view id);

/// A text, or an integer in decimal, as many systems number their users; empty: the member is missing or something
/// else.
std::string id_member(const json_t* object, const char* name);

} // namespace troupe::auth
