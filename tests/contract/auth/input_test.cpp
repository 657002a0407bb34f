#include "support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <random>

using namespace auth_tests;

namespace {

result<identity> authenticate(const std::string& auth, const std::string& authorization = "") {
  return by_secret().authenticate({auth, authorization, now});
}

const std::string& good() {
  static const auto token = hs256(R"({"userId":"ann"})");
  return token;
}

} // namespace

TEST_CASE("the token comes from the payload or from the Authorization header") {
  CHECK(outcome(authenticate(R"({"token":")" + good() + "\"}")) == "accepted");
  CHECK(outcome(authenticate("", "Bearer " + good())) == "accepted");
  CHECK(outcome(authenticate("{}", "bearer   " + good())) == "accepted");
  CHECK(outcome(authenticate(R"({"token":null})", "Bearer " + good())) == "accepted");
  CHECK(outcome(authenticate(R"({"token":")" + good() + "\"}", "Bearer nonsense")) == "accepted");
  CHECK(outcome(authenticate("", good())) == "unauthorized");
  CHECK(outcome(authenticate("", "Basic " + good())) == "unauthorized");
}

TEST_CASE("no token is refused with a sentence that says how to give one") {
  auto auth = GENERATE("", "{}", R"({"token":""})", R"({"token":null})", R"({"userId":"ann"})");
  auto refused = authenticate(auth, "Bearer ");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "unauthorized");
  CHECK(refused.error().message.find("auth: {token:") != std::string::npos);
}

TEST_CASE("a malformed payload is refused") {
  auto auth =
    GENERATE("[]", "\"text\"", "{", "null", "1", R"({"token":5})", R"({"token":{}})", R"({"token":"a","token":"b"})");
  CAPTURE(auth);
  CHECK(outcome(authenticate(auth)) == "invalid_auth");
}

TEST_CASE("garbage in place of a token is refused") {
  auto token = GENERATE(
    "x", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", ".b.c", "a..c", "a.b.", "e30.e30.e30", "!!!.e30.AAAA",
    "eyJhbGciOiJIUzI1NiJ9.e30.", "eyJhbGciOiJIUzI1NiJ9.!.AAAA", "   ", "undefined");
  CAPTURE(token);
  auto code = outcome(show(by_secret(), token));
  CHECK((code == "invalid_auth" || code == "unauthorized"));
}

TEST_CASE("size is limited before anything is decoded") {
  auto padded = [](std::size_t size) { return hs256(R"({"userId":"a","pad":")" + std::string(size, 'x') + "\"}"); };
  auto fits = padded(6'000);
  REQUIRE(fits.size() <= auth::max_token_bytes);
  CHECK(outcome(show(by_secret(), fits)) == "accepted");
  auto too_large = padded(6'200);
  REQUIRE(too_large.size() > auth::max_token_bytes);
  CHECK(outcome(show(by_secret(), too_large)) == "invalid_auth");
  CHECK(outcome(authenticate("", "Bearer " + too_large)) == "invalid_auth");
  CHECK(
    outcome(authenticate(R"({"token":")" + good() + R"(","pad":")" + std::string(40'000, 'x') + "\"}"))
    == "invalid_auth");
}

TEST_CASE("deep nesting in a header, a payload or the auth object does no harm") {
  auto deep = std::string(3'000, '[');
  CHECK(outcome(show(by_secret(), auth::jose::encode(deep) + ".e30.AAAA")) == "invalid_auth");
  CHECK(outcome(authenticate(R"({"token":)" + std::string(30'000, '['))) == "invalid_auth");
}

TEST_CASE("a refusal never holds the token") {
  auto expired = hs256(R"({"userId":"ann","exp":1})");
  for (const auto& token : {expired, good() + "x", std::string{"garbage-that-is-secret"}, std::string(9'000, 'z')}) {
    auto refused = show(by_secret(), token);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find(token.substr(0, 10)) == std::string::npos);
  }
}

TEST_CASE("random changes to a good token never crash and are never accepted") {
  std::mt19937 random{7};
  auto checker = by_secret();
  for (int round = 0; round < 20'000; ++round) {
    auto token = good();
    // The last character of the signature has two unused bits, so it may change without effect.
    auto at = random() % (token.size() - 1);
    auto before = token[at];
    token[at] = static_cast<char>("abcXYZ019-_.{\x7f="[random() % 15]);
    if (token[at] != before)
      REQUIRE_FALSE(checker.authenticate({"", "Bearer " + token, now}).has_value());
  }
}
