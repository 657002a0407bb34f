#include "app/authentication.hpp"

#include "backends/auth/anonymous_authenticator.hpp"
#include "backends/auth/jwt_authenticator.hpp"

namespace troupe::app {
namespace {

using made = result<std::unique_ptr<ports::authenticator>>;

result<auth::key_set> configured_keys(const jwt_config& c) {
  auth::key_set keys;
  if (!c.public_key_file.empty()) {
    auto from_file = auth::public_keys_from_file(c.public_key_file);
    if (!from_file)
      return error{"invalid_key", c.public_key_file + ": " + from_file.error().message};
    keys = std::move(*from_file);
  }
  if (!c.secret.empty())
    keys.push_back(auth::secret_key(c.secret));
  if (keys.empty())
    return error{"invalid_key", "auth.mode is token, but neither auth.jwt.secret nor auth.jwt.public_key_file is set"};
  return keys;
}

} // namespace

auth::claim_names claim_names_of(const jwt_config& c) {
  return {c.user_claim, c.tenant_claim, c.role_claim, c.permissions_claim};
}

made make_authenticator(const auth_config& c) {
  if (c.mode != "token")
    return made{std::make_unique<auth::anonymous_authenticator>(c.anonymous_roles)};
  auto keys = configured_keys(c.jwt);
  if (!keys)
    return keys.error();
  auth::jwt_options options{c.jwt.algorithms, c.jwt.issuer, c.jwt.audience, c.jwt.leeway, claim_names_of(c.jwt)};
  return made{std::make_unique<auth::jwt_authenticator>(std::move(*keys), std::move(options))};
}

} // namespace troupe::app
