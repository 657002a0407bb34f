#include "support.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace auth_tests;

namespace {

std::string why(const result<auth::key_set>& r) {
  return r ? "" : r.error().message;
}

} // namespace

TEST_CASE("PEM public keys are tied to the algorithm they are for") {
  CHECK(auth::public_keys(rsa().public_pem)->at(0).algorithm == "RS256");
  CHECK(auth::public_keys(ec().public_pem)->at(0).algorithm == "ES256");
}

TEST_CASE("a private key is not accepted where a public one belongs") {
  CHECK(why(auth::public_keys(rsa().private_pem)).find("private key") != std::string::npos);
}

TEST_CASE("a private JWK is stripped to its public part") {
  auto k = *auth::private_key(ec().private_pem);
  std::unique_ptr<char, decltype(&free)> text{json_dumps(k.jwk.get(), 0), free};
  auto keys = auth::public_keys(text.get());
  REQUIRE(keys.has_value());
  CHECK(json_object_get(keys->at(0).jwk.get(), "d") == nullptr);
}

TEST_CASE("weak and unfit keys are refused with the reason") {
  CHECK(why(auth::public_keys(make_rsa(1'024).public_pem)).find("2048") != std::string::npos);
  CHECK(why(auth::public_keys(make_ec("P-384").public_pem)).find("P-256") != std::string::npos);
  CHECK_FALSE(auth::public_keys("").has_value());
  CHECK_FALSE(auth::public_keys("not a key").has_value());
  CHECK_FALSE(auth::public_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").has_value());
  CHECK_FALSE(auth::public_keys(R"({"keys":[]})").has_value());
  CHECK_FALSE(auth::public_keys(R"({"keys":[{"kty":"oct","k":"AAAA"}]})").has_value());
  CHECK_FALSE(auth::public_keys(R"({"kty":"EC","crv":"P-256"})").has_value());
  CHECK_FALSE(auth::public_keys(R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})").has_value());
}

TEST_CASE("a missing key file is an error that names it") {
  CHECK(why(auth::public_keys_from_file("/nowhere/keys.json")).find("/nowhere/keys.json") != std::string::npos);
}

TEST_CASE("a public key cannot sign") {
  CHECK_FALSE(auth::private_key(rsa().public_pem).has_value());
  CHECK_FALSE(auth::private_key(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})").has_value());
}
