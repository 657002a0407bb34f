#include "support.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace auth_tests;

namespace {

const std::string ann = R"({"userId":"ann"})";

struct kind {
  const char* algorithm;
  auth::key sign_with;
  auth::key_set check_with;
};

kind kind_of(const std::string& algorithm) {
  if (algorithm == "HS256")
    return {"HS256", auth::secret_key(secret), {auth::secret_key(secret)}};
  const auto& pair = algorithm == "RS256" ? rsa() : ec();
  return {
    algorithm == "RS256" ? "RS256" : "ES256", *auth::private_key(pair.private_pem),
    *auth::public_keys(pair.public_pem)};
}

std::string header_of(const std::string& algorithm, const std::string& more = "") {
  return R"({"alg":")" + algorithm + "\"" + more + "}";
}

} // namespace

TEST_CASE("a token signed with the right key is accepted, and no changed one") {
  auto k = kind_of(GENERATE("HS256", "RS256", "ES256"));
  CAPTURE(k.algorithm);
  auth::jwt_authenticator checker{k.check_with, {}};
  auto token = token_of(header_of(k.algorithm), ann, k.sign_with);
  auto who = show(checker, token);
  REQUIRE(who.has_value());
  CHECK(who->user_id == "ann");
  CHECK_FALSE(who->anonymous);

  auto first_dot = token.find('.'), last_dot = token.rfind('.');
  SECTION("another payload under the same signature") {
    auto other = token.substr(0, first_dot + 1) + auth::jose::encode(R"({"userId":"bob"})") + token.substr(last_dot);
    CHECK(outcome(show(checker, other)) == "unauthorized");
  }
  SECTION("another header under the same signature") {
    auto other = auth::jose::encode(header_of(k.algorithm, R"(,"typ":"JWT")")) + token.substr(first_dot);
    CHECK(outcome(show(checker, other)) == "unauthorized");
  }
  SECTION("any changed character of the signature, but for unused bits of the last one") {
    for (auto i = last_dot + 1; i + 1 < token.size(); ++i) {
      auto other = token;
      other[i] = other[i] == 'A' ? 'B' : 'A';
      REQUIRE(outcome(show(checker, other)) == "unauthorized");
    }
  }
  SECTION("a shortened signature") {
    CHECK(outcome(show(checker, token.substr(0, token.size() - 8))) == "unauthorized");
  }
  SECTION("no signature") {
    CHECK(outcome(show(checker, token.substr(0, last_dot + 1))) == "invalid_auth");
  }
}

TEST_CASE("a token signed with another key of the same kind is refused") {
  CHECK(
    outcome(
      show(by_secret(), token_of(header_of("HS256"), ann, auth::secret_key("another secret, long enough as well"))))
    == "unauthorized");
  auth::jwt_authenticator checker{*auth::public_keys(ec().public_pem), {}};
  CHECK(
    outcome(show(checker, token_of(header_of("ES256"), ann, *auth::private_key(make_ec().private_pem))))
    == "unauthorized");
}

TEST_CASE("a public key is never taken for the secret of an HS256 token") {
  auto algorithm = GENERATE("RS256", "ES256");
  auto k = kind_of(algorithm);
  const auto& pem = std::string{algorithm} == "RS256" ? rsa().public_pem : ec().public_pem;
  auto forged = token_of(header_of("HS256"), ann, auth::secret_key(pem));
  CHECK(outcome(show(auth::jwt_authenticator{k.check_with, {}}, forged)) == "unauthorized");
  auto both = k.check_with;
  both.push_back(auth::secret_key(secret));
  CHECK(outcome(show(auth::jwt_authenticator{both, {}}, forged)) == "unauthorized");
}

TEST_CASE("a token without a signature algorithm is refused") {
  auto header = GENERATE(
    R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":""})", R"({})", R"({"alg":null})", R"({"alg":["HS256"]})");
  CAPTURE(header);
  auto prefix = auth::jose::encode(header) + "." + auth::jose::encode(ann) + ".";
  CHECK(outcome(show(by_secret(), prefix)) == "invalid_auth");
  CHECK(outcome(show(by_secret(), prefix + "AAAA")) == "unauthorized");
}

TEST_CASE("an algorithm that is not on the list is refused though the key would fit") {
  auth::jwt_options only_es;
  only_es.algorithms = {"ES256"};
  CHECK(outcome(show(by_secret(only_es), hs256(ann))) == "unauthorized");
}

TEST_CASE("a stronger hash with the same secret is not HS256") {
  auto key = auth::secret_key(std::string(64, 'k'));
  auto copy = auth::json_ptr{json_deep_copy(key.jwk.get())};
  json_object_set_new(copy.get(), "alg", json_string("HS512"));
  auth::key other{"HS512", "", {copy.release(), auth::json_release{}}};
  auto token = token_of(header_of("HS512"), ann, other);
  CHECK(outcome(show(auth::jwt_authenticator{{key}, {}}, token)) == "unauthorized");
}

TEST_CASE("extensions that must be understood are refused") {
  auto token = token_of(header_of("HS256", R"(,"crit":["b64"],"b64":false)"), ann, auth::secret_key(secret));
  CHECK(outcome(show(by_secret(), token)) == "unauthorized");
}

TEST_CASE("keys inside the token's header are not believed") {
  auto stranger = *auth::private_key(make_ec().private_pem);
  auto with_key = auth::parse_object(header_of("ES256"));
  json_object_set_new(with_key.get(), "jwk", json_deep_copy(stranger.jwk.get()));
  auto made = auth::jose::sign(with_key.get(), ann, stranger.jwk.get());
  REQUIRE(made);
  CHECK(outcome(show(auth::jwt_authenticator{*auth::public_keys(ec().public_pem), {}}, *made)) == "unauthorized");
}

TEST_CASE("a short secret works as in other libraries") { // HMAC fills it up with zeros
  auth::jwt_authenticator checker{{auth::secret_key("short")}, {}};
  CHECK(outcome(show(checker, token_of(header_of("HS256"), ann, auth::secret_key("short")))) == "accepted");
  CHECK(outcome(show(checker, token_of(header_of("HS256"), ann, auth::secret_key("shorter")))) == "unauthorized");
}

TEST_CASE("a set of keys is searched by key id") {
  auto old_pair = make_ec(), new_pair = make_ec();
  auto jwk = [](const key_pair& pair, const char* id) {
    auto k = *auth::public_keys(pair.public_pem);
    auth::json_ptr copy{json_deep_copy(k[0].jwk.get())};
    json_object_set_new(copy.get(), "kid", json_string(id));
    std::unique_ptr<char, decltype(&free)> text{json_dumps(copy.get(), 0), free};
    return std::string{text.get()};
  };
  auto set = auth::public_keys(
    R"({"keys":[)" + jwk(old_pair, "old") + "," + jwk(new_pair, "new")
    + R"(,{"kty":"OKP","crv":"Ed25519","x":"AA"}]})");
  REQUIRE(set.has_value());
  CHECK(set->size() == 2);
  auth::jwt_authenticator checker{*set, {}};
  auto signed_by = [&](const key_pair& pair, const std::string& id) {
    return outcome(show(
      checker,
      token_of(
        header_of("ES256", id.empty() ? "" : R"(,"kid":")" + id + "\""), ann, *auth::private_key(pair.private_pem))));
  };
  CHECK(signed_by(old_pair, "old") == "accepted");
  CHECK(signed_by(new_pair, "new") == "accepted");
  CHECK(signed_by(new_pair, "") == "accepted");
  CHECK(signed_by(new_pair, "old") == "unauthorized");
  CHECK(signed_by(new_pair, "unknown") == "unauthorized");
}
