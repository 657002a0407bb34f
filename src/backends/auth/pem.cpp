#include "backends/auth/pem.hpp"

#include "backends/auth/jose.hpp"
#include "backends/auth/libjose.hpp"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace troupe::auth {
namespace {

template<auto release>
struct releaser {
  template<class T>
  void operator()(T* p) const {
    release(p);
  }
};
using bio_ptr = std::unique_ptr<BIO, releaser<BIO_free>>;
using pkey_ptr = std::unique_ptr<EVP_PKEY, releaser<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, releaser<X509_free>>;
using decoder_ptr = std::unique_ptr<OSSL_DECODER_CTX, releaser<OSSL_DECODER_CTX_free>>;

error invalid(std::string message) {
  ERR_clear_error();
  return {"invalid_key", std::move(message)};
}

bio_ptr reader(std::string_view pem) {
  return bio_ptr{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

/// Instead of asking at the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

result<json_ptr> to_jwk(pkey_ptr key) {
  json_ptr jwk{key ? jose_openssl_jwk_from_EVP_PKEY(jose::context(), key.get()) : nullptr};
  if (!jwk)
    return invalid("the key is neither RSA nor EC");
  return jwk;
}

/// "PUBLIC KEY" as well as the older "RSA PUBLIC KEY".
pkey_ptr decode_public(std::string_view pem) {
  EVP_PKEY* key = nullptr;
  decoder_ptr decoder{
    OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, nullptr, EVP_PKEY_PUBLIC_KEY, nullptr, nullptr)};
  if (decoder)
    OSSL_DECODER_from_bio(decoder.get(), reader(pem).get());
  return pkey_ptr{key};
}

} // namespace

result<json_ptr> public_jwk_from_pem(std::string_view pem) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos)
    return invalid("this is a private key; the server needs the public one (openssl pkey -in private.pem -pubout)");
  pkey_ptr key;
  if (pem.find("BEGIN CERTIFICATE-----") != std::string_view::npos) {
    x509_ptr certificate{PEM_read_bio_X509(reader(pem).get(), nullptr, no_pass_phrase, nullptr)};
    key.reset(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
  } else {
    key = decode_public(pem);
  }
  if (!key)
    return invalid("the PEM text holds no public key that can be read");
  return to_jwk(std::move(key));
}

result<json_ptr> private_jwk_from_pem(std::string_view pem) {
  pkey_ptr key{PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_pass_phrase, nullptr)};
  if (!key)
    return invalid("the PEM text holds no private key that can be read (keys with a pass phrase are not supported)");
  return to_jwk(std::move(key));
}

} // namespace troupe::auth
