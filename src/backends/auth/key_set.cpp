#include "backends/auth/key_set.hpp"

#include "backends/auth/jose.hpp"
#include "backends/auth/libjose.hpp"
#include "backends/auth/pem.hpp"

#include <fstream>
#include <iterator>
#include <openssl/err.h>

namespace troupe::auth {
namespace {

constexpr std::size_t max_keys = 32;
constexpr std::size_t max_file_bytes = 1'000'000;
constexpr std::size_t min_rsa_bytes = 256;

error invalid(std::string message) {
  return {"invalid_key", std::move(message)};
}

/// The algorithm a JWK is for; empty: none that is used here.
std::string algorithm_of(const json_t* jwk) {
  auto type = text_member(jwk, "kty"), curve = text_member(jwk, "crv"), alg = text_member(jwk, "alg");
  std::string fits = type == "RSA" ? "RS256" : type == "EC" && curve == "P-256" ? "ES256" : "";
  bool for_signatures = text_member(jwk, "use") != "enc";
  return for_signatures && (alg.empty() || alg == fits) ? fits : "";
}

bool is_sound(const json_t* jwk) {
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
    jose_openssl_jwk_to_EVP_PKEY(jose::context(), jwk), EVP_PKEY_free};
  ERR_clear_error();
  return key != nullptr;
}

result<key> key_from_jwk(json_ptr jwk) {
  auto algorithm = algorithm_of(jwk.get());
  if (algorithm.empty())
    return invalid("the key is not for signatures of the kind RS256 (RSA) or ES256 (EC with curve P-256)");
  auto modulus = jose::decode(text_member(jwk.get(), "n"));
  if (algorithm == "RS256" && (!modulus || modulus->size() < min_rsa_bytes))
    return invalid("the RSA key is shorter than 2048 bits");
  if (!is_sound(jwk.get()))
    return invalid("the key's numbers are missing or do not belong together");
  json_object_set_new(jwk.get(), "alg", json_stringn(algorithm.data(), algorithm.size()));
  json_object_del(jwk.get(), "key_ops"); // this program decides what the key is used for
  std::string id{text_member(jwk.get(), "kid")};
  return key{std::move(algorithm), std::move(id), {jwk.release(), json_release{}}};
}

result<key> public_key_from_jwk(const json_t* source) {
  json_ptr copy{json_deep_copy(source)};
  if (!json_is_object(copy.get()) || !jose_jwk_pub(jose::context(), copy.get()))
    return invalid("this is not a JSON Web Key");
  return key_from_jwk(std::move(copy));
}

result<key_set> keys_from_set(const json_t* list) {
  if (json_array_size(list) > max_keys)
    return invalid("the key set holds more than " + std::to_string(max_keys) + " keys");
  key_set out;
  std::string reason = "the key set is empty";
  for (std::size_t i = 0; i < json_array_size(list); ++i) {
    if (auto k = public_key_from_jwk(json_array_get(list, i)))
      out.push_back(std::move(*k));
    else
      reason = k.error().message;
  }
  if (out.empty())
    return invalid("no key of the set can be used: " + reason);
  return out;
}

} // namespace

key secret_key(std::string_view secret) {
  // HMAC fills short keys up with zeros itself; libjose refuses keys shorter than the hash, so it is done here.
  std::string bytes{secret};
  if (bytes.size() < 32)
    bytes.resize(32, '\0');
  json_ptr jwk{json_pack("{s:s, s:s, s:s}", "kty", "oct", "alg", "HS256", "k", jose::encode(bytes).c_str())};
  return {"HS256", "", {jwk.release(), json_release{}}};
}

result<key_set> public_keys(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos) {
    auto jwk = public_jwk_from_pem(text);
    if (!jwk)
      return jwk.error();
    auto k = key_from_jwk(std::move(*jwk));
    return k ? result<key_set>{key_set{std::move(*k)}} : result<key_set>{k.error()};
  }
  auto parsed = parse_object(text);
  if (!parsed)
    return invalid("this is neither a PEM file, a JSON Web Key nor a set of them");
  if (const json_t* list = json_object_get(parsed.get(), "keys"); json_is_array(list))
    return keys_from_set(list);
  auto k = public_key_from_jwk(parsed.get());
  return k ? result<key_set>{key_set{std::move(*k)}} : result<key_set>{k.error()};
}

result<key_set> public_keys_from_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file)
    return invalid("the file " + path + " cannot be read");
  std::string text(max_file_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return public_keys(text);
}

result<key> private_key(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos) {
    auto jwk = private_jwk_from_pem(text);
    return jwk ? key_from_jwk(std::move(*jwk)) : result<key>{jwk.error()};
  }
  auto parsed = parse_object(text);
  if (!parsed || !json_object_get(parsed.get(), "d"))
    return invalid("this is neither a PEM private key nor a private JSON Web Key");
  return key_from_jwk(std::move(parsed));
}

} // namespace troupe::auth
