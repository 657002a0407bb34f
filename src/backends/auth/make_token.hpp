#pragma once

#include "backends/auth/jwt_options.hpp"
#include "backends/auth/key_set.hpp"

namespace troupe::auth {

/// What a token shall say.
struct token_request {
  std::string user;
  std::string tenant; ///< empty: no such claim
  std::vector<std::string> roles;
  std::vector<std::string> permissions;
  std::string issuer;                   ///< empty: no such claim
  std::string audience;                 ///< empty: no such claim
  unix_ms now = 0;                      ///< iat
  std::chrono::seconds lifetime{3'600}; ///< exp - iat
  claim_names claims;
};

/// A signed token in compact form. Error `invalid_key` when the key cannot sign, `invalid_user` for a user id that a
/// server would refuse.
result<std::string> make_token(const token_request& request, const key& signing_key);

} // namespace troupe::auth
