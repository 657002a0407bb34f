#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {

std::vector<config_option> identity() {
  std::vector<config_option> t;
  t.push_back(choice<config>(
    "auth.mode", AT(auth.mode), {"anonymous", "token"},
    "`token`: a client needs a valid JSON Web Token. `anonymous`: anybody may connect under any name; for trying "
    "things out."));
  t.push_back(
    list<config>("auth.anonymous_roles", AT(auth.anonymous_roles), "Roles that everybody has in anonymous mode."));
  t.push_back(list<config>(
                "auth.api_keys", AT(auth.api_keys), "Keys for /api/v1 and protected pages; empty: the API is closed.",
                demands::not_empty)
                .hidden());
  t.push_back(text<config>("auth.jwt.secret", AT(auth.jwt.secret), "Shared secret of HS256 tokens, 32 bytes or more.")
                .with_alias("AUTH_SECRET")
                .hidden());
  t.push_back(text<config>(
    "auth.jwt.public_key_file", AT(auth.jwt.public_key_file),
    "Public keys of RS256 and ES256 tokens: a PEM file, a JWK or a JWK set."));
  t.push_back(choices<config>(
    "auth.jwt.algorithms", AT(auth.jwt.algorithms), {"HS256", "RS256", "ES256"},
    "Signatures that are accepted. Tokens without one never are."));
  t.push_back(
    text<config>("auth.jwt.issuer", AT(auth.jwt.issuer), "The `iss` claim must be this; empty: not checked."));
  t.push_back(text<config>(
    "auth.jwt.audience", AT(auth.jwt.audience), "The `aud` claim must be or contain this; empty: not checked."));
  t.push_back(number<config>(
    "auth.jwt.leeway_s", AT(auth.jwt.leeway), {0, 3'600},
    "Difference between clocks that is forgiven when exp, nbf and iat are judged."));
  t.push_back(text<config>(
    "auth.jwt.user_claim", AT(auth.jwt.user_claim), "Claim with the user's id; without it `sub` is taken.",
    demands::not_empty));
  t.push_back(
    text<config>("auth.jwt.tenant_claim", AT(auth.jwt.tenant_claim), "Claim with the tenant.", demands::not_empty));
  t.push_back(text<config>(
    "auth.jwt.role_claim", AT(auth.jwt.role_claim), "Claim with one role or a list of them; `roles` is read as well.",
    demands::not_empty));
  t.push_back(text<config>(
    "auth.jwt.permissions_claim", AT(auth.jwt.permissions_claim),
    "Claim with permissions: a list, or words in one text.", demands::not_empty));
  return t;
}

} // namespace troupe::app::tables
