#include "support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace auth_tests;

namespace {

std::string seconds(std::int64_t offset) {
  return std::to_string(now / 1'000 + offset);
}

result<identity> claims(const std::string& payload, auth::jwt_options options = {}) {
  return show(by_secret(std::move(options)), hs256(payload));
}

} // namespace

TEST_CASE("expiry is judged with the leeway, and told to the connection") {
  auto with_exp = [](std::int64_t offset) { return claims(R"({"userId":"a","exp":)" + seconds(offset) + "}"); };
  CHECK(outcome(with_exp(60)) == "accepted");
  CHECK(outcome(with_exp(-29)) == "accepted");
  CHECK(outcome(with_exp(-30)) == "token_expired");
  CHECK(outcome(with_exp(-31)) == "token_expired");
  CHECK(with_exp(60)->expires == now + 60'000 + 30'000);
  CHECK_FALSE(claims(R"({"userId":"a"})")->expires.has_value());
}

TEST_CASE("a token is refused before its time") {
  auto name = GENERATE("nbf", "iat");
  auto at = [&](std::int64_t offset) {
    return outcome(claims(std::string{R"({"userId":"a",")"} + name + "\":" + seconds(offset) + "}"));
  };
  CAPTURE(name);
  CHECK(at(-5) == "accepted");
  CHECK(at(30) == "accepted");
  CHECK(at(31) == "unauthorized");
}

TEST_CASE("times that are no numbers, or absurd ones, are no way in") {
  CHECK(outcome(claims(R"({"userId":"a","exp":"tomorrow"})")) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a","exp":null})")) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a","nbf":true})")) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a","exp":-1})")) == "token_expired");
  CHECK(outcome(claims(R"({"userId":"a","nbf":1e300})")) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a","exp":1e300})")) == "accepted");
  CHECK(outcome(claims(R"({"userId":"a","exp":1700000600.5})")) == "accepted");
}

TEST_CASE("the issuer must be the one that is trusted") {
  auth::jwt_options options;
  options.issuer = "https://id.example.com";
  CHECK(outcome(claims(R"({"userId":"a","iss":"https://id.example.com"})", options)) == "accepted");
  CHECK(outcome(claims(R"({"userId":"a","iss":"https://id.example.com.evil.example"})", options)) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a"})", options)) == "unauthorized");
}

TEST_CASE("the audience must be or contain the one that is configured") {
  auth::jwt_options options;
  options.audience = "chat";
  CHECK(outcome(claims(R"({"userId":"a","aud":"chat"})", options)) == "accepted");
  CHECK(outcome(claims(R"({"userId":"a","aud":["mail","chat"]})", options)) == "accepted");
  CHECK(outcome(claims(R"({"userId":"a","aud":["mail"]})", options)) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a","aud":{"chat":1}})", options)) == "unauthorized");
  CHECK(outcome(claims(R"({"userId":"a"})", options)) == "unauthorized");
}

TEST_CASE("the user comes from userId, else from sub, as text or number") {
  CHECK(claims(R"({"userId":"ann","sub":"s"})")->user_id == "ann");
  CHECK(claims(R"({"sub":"s"})")->user_id == "s");
  CHECK(claims(R"({"userId":42})")->user_id == "42");
  CHECK(claims(R"({"userId":"Nguyễn"})")->user_id == "Nguyễn");
  CHECK(claims(R"({"userId":")" + std::string(128, 'x') + "\"}")->user_id.size() == 128);
}

TEST_CASE("a token without a usable user is refused") {
  auto payload = GENERATE(
    as<std::string>{}, R"({})", R"({"userId":""})", R"({"userId":null})", R"({"userId":{"id":1}})", R"({"userId":1.5})",
    R"({"userId":"a\nb"})", R"({"userId":")" + std::string(129, 'x') + "\"}");
  CAPTURE(payload);
  CHECK(outcome(claims(payload)) == "unauthorized");
}

TEST_CASE("tenant, roles and permissions are read in all their spellings") {
  auto who = claims(
    R"({"userId":"a","tenantId":7,"role":"producer","roles":["user","producer",5,""],"permissions":"orders:read  orders:write"})");
  REQUIRE(who.has_value());
  CHECK(who->tenant_id == "7");
  CHECK(who->roles == std::vector<std::string>{"producer", "user"});
  CHECK(who->permissions == std::vector<std::string>{"orders:read", "orders:write"});
  who = claims(R"({"userId":"a","tenantId":"acme","role":["x","y"],"permissions":["p q","r"]})");
  CHECK(who->tenant_id == "acme");
  CHECK(who->roles == std::vector<std::string>{"x", "y"});
  CHECK(who->permissions == std::vector<std::string>{"p q", "r"});
  who = claims(R"({"userId":"a","role":{"admin":true},"permissions":7})");
  CHECK(who->roles.empty());
  CHECK(who->permissions.empty());
}

TEST_CASE("claims may have other names") {
  auth::jwt_options options;
  options.claims = {"uid", "org", "groups", "scope"};
  auto who = claims(R"({"uid":"ann","userId":"eve","org":"acme","groups":["admin"],"scope":"a b"})", options);
  REQUIRE(who.has_value());
  CHECK(who->user_id == "ann");
  CHECK(who->tenant_id == "acme");
  CHECK(who->roles == std::vector<std::string>{"admin"});
  CHECK(who->permissions == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a signed payload that is no object, or says a thing twice, is refused") {
  auto payload =
    GENERATE(R"("ann")", R"([1])", R"(null)", R"({"userId":"a","userId":"b"})", R"({"userId":"a"} x)", "", "{");
  CAPTURE(payload);
  auto code = outcome(claims(payload));
  CHECK((code == "unauthorized" || code == "invalid_auth"));
}
