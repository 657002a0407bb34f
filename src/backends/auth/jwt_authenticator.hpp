#pragma once

#include "backends/auth/jwt_options.hpp"
#include "backends/auth/key_set.hpp"
#include "ports/authenticator.hpp"

namespace troupe::auth {

constexpr std::size_t max_token_bytes = 8'192;

/// Accepts signed JSON Web Tokens (docs/authentication.md): from the payload's `token`, else from an Authorization
/// header of the kind Bearer. Each key is tied to one algorithm, so a token cannot choose how it is checked.
class jwt_authenticator final : public ports::authenticator {
 public:
  jwt_authenticator(key_set keys, jwt_options options);

  result<identity> authenticate(const ports::credentials& c) const override;

 private:
  result<identity> check(std::string_view token, unix_ms now) const;
  bool signed_by_known_key(
    std::string_view header, std::string_view payload, std::string_view signature, const json_t* fields) const;

  key_set keys_; ///< only those whose algorithm is allowed
  jwt_options options_;
};

} // namespace troupe::auth
