#pragma once
// Keys made on the spot and tokens with any content, for the tests of this folder.

#include "backends/auth/jose.hpp"
#include "backends/auth/jwt_authenticator.hpp"
#include "backends/auth/key_set.hpp"

#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdexcept>
#include <string>

namespace auth_tests {

using namespace troupe;

inline constexpr unix_ms now = 1'700'000'000'000;
inline const std::string secret = "a secret that is long enough for HS256";

struct key_pair {
  std::string private_pem;
  std::string public_pem;
};

inline std::string contents(BIO* bio) {
  char* data = nullptr;
  auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

inline key_pair pem_of(EVP_PKEY* made) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{made, EVP_PKEY_free};
  if (!key)
    throw std::runtime_error("no key was made");
  std::unique_ptr<BIO, decltype(&BIO_free)> secret_part{BIO_new(BIO_s_mem()), BIO_free},
    public_part{BIO_new(BIO_s_mem()), BIO_free};
  PEM_write_bio_PrivateKey(secret_part.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(public_part.get(), key.get());
  return {contents(secret_part.get()), contents(public_part.get())};
}

inline key_pair make_rsa(std::size_t bits = 2'048) {
  return pem_of(EVP_RSA_gen(static_cast<unsigned>(bits)));
}
inline key_pair make_ec(const char* curve = "P-256") {
  return pem_of(EVP_EC_gen(curve));
}

/// Made once: generating RSA keys takes a while.
inline const key_pair& rsa() {
  static const auto pair = make_rsa();
  return pair;
}
inline const key_pair& ec() {
  static const auto pair = make_ec();
  return pair;
}

/// A token with exactly this header and payload.
inline std::string token_of(const std::string& header, const std::string& payload, const auth::key& k) {
  auto made = auth::jose::sign(auth::parse_object(header).get(), payload, k.jwk.get());
  if (!made)
    throw std::runtime_error("the key cannot sign " + header);
  return *made;
}

inline std::string hs256(const std::string& payload) {
  return token_of(R"({"alg":"HS256","typ":"JWT"})", payload, auth::secret_key(secret));
}

inline result<identity> show(const ports::authenticator& a, const std::string& token) {
  auto payload = R"({"token":")" + token + "\"}";
  return a.authenticate({payload, "", now});
}

inline auth::jwt_authenticator by_secret(auth::jwt_options options = {}) {
  return {{auth::secret_key(secret)}, std::move(options)};
}

/// The code of the refusal, or "accepted".
inline std::string outcome(const result<identity>& r) {
  return r ? "accepted" : r.error().code;
}

} // namespace auth_tests
