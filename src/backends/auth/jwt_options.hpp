#pragma once

#include "base/time.hpp"

#include <string>
#include <vector>

namespace troupe::auth {

/// Names of the claims that make an identity.
struct claim_names {
  std::string user = "userId"; ///< without it `sub` is taken
  std::string tenant = "tenantId";
  std::string role = "role"; ///< `roles` is read as well
  std::string permissions = "permissions";
};

/// What a token must be.
struct jwt_options {
  std::vector<std::string> algorithms{"HS256", "RS256", "ES256"};
  std::string issuer;      ///< empty: not checked
  std::string audience;    ///< empty: not checked
  duration leeway{30'000}; ///< forgiven when exp, nbf and iat are judged
  claim_names claims;
};

} // namespace troupe::auth
