#include "backends/auth/make_token.hpp"
#include "support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace auth_tests;

namespace {

auth::token_request full_request() {
  auth::token_request r;
  r.user = "Nguyễn \"quoted\"";
  r.tenant = "acme";
  r.roles = {"producer", "user"};
  r.permissions = {"orders:read", "orders:write"};
  r.issuer = "https://id.example.com";
  r.audience = "chat";
  r.now = now;
  r.lifetime = std::chrono::seconds{60};
  return r;
}

} // namespace

TEST_CASE("what make_token writes, the authenticator reads") {
  auto signing =
    GENERATE(auth::secret_key(secret), *auth::private_key(rsa().private_pem), *auth::private_key(ec().private_pem));
  auto keys = signing.algorithm == "HS256"
                ? auth::key_set{signing}
                : *auth::public_keys((signing.algorithm == "RS256" ? rsa() : ec()).public_pem);
  CAPTURE(signing.algorithm);
  auth::jwt_options options;
  options.issuer = "https://id.example.com";
  options.audience = "chat";
  auto token = auth::make_token(full_request(), signing);
  REQUIRE(token.has_value());
  auto who = show(auth::jwt_authenticator{keys, options}, *token);
  REQUIRE(who.has_value());
  identity expected;
  expected.user_id = "Nguyễn \"quoted\"";
  expected.tenant_id = "acme";
  expected.roles = {"producer", "user"};
  expected.permissions = {"orders:read", "orders:write"};
  expected.anonymous = false;
  expected.expires = now + 60'000 + 30'000;
  CHECK(*who == expected);
}

TEST_CASE("make_token uses the configured names of claims") {
  auto request = full_request();
  request.claims = {"uid", "org", "groups", "scope"};
  request.roles = {"admin"};
  auth::jwt_options options;
  options.claims = request.claims;
  auto who = show(by_secret(options), *auth::make_token(request, auth::secret_key(secret)));
  REQUIRE(who.has_value());
  CHECK(who->roles == std::vector<std::string>{"admin"});
  CHECK(who->tenant_id == "acme");
}

TEST_CASE("make_token refuses what a server would refuse") {
  auto request = full_request();
  request.user = GENERATE(as<std::string>{}, "", "a\nb", std::string(129, 'x'));
  auto refused = auth::make_token(request, auth::secret_key(secret));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "invalid_user");
}

TEST_CASE("a key that cannot sign is an error") {
  auto refused = auth::make_token(full_request(), auth::public_keys(ec().public_pem)->at(0));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "invalid_key");
}
