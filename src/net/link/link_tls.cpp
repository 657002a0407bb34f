#include "net/link/link_tls.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <new>
#include <stdexcept>

namespace troupe::net {

namespace {

constexpr std::string_view label = "troupe-link-1";
/// Twice as fast as ChaCha20-Poly1305 where the processor has AES instructions; the slower one is for those without.
constexpr const char* ciphers = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
constexpr unsigned char session_cipher[2] = {0x13, 0x01}; ///< TLS_AES_128_GCM_SHA256; of a key only the hash matters

const unsigned char* bytes(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

/// HKDF-SHA256 of the secret: a key leaks nothing of it, and clusters that share a secret have different keys.
std::array<unsigned char, 32> derive(std::string_view secret, std::string_view cluster) {
  std::array<unsigned char, 32> key{};
  auto size = key.size();
  auto* c = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr);
  const bool ok = c && EVP_PKEY_derive_init(c) > 0 && EVP_PKEY_CTX_set_hkdf_md(c, EVP_sha256()) > 0
                  && EVP_PKEY_CTX_set1_hkdf_salt(c, bytes(label), static_cast<int>(label.size())) > 0
                  && EVP_PKEY_CTX_set1_hkdf_key(c, bytes(secret), static_cast<int>(secret.size())) > 0
                  && EVP_PKEY_CTX_add1_hkdf_info(c, bytes(cluster), static_cast<int>(cluster.size())) > 0
                  && EVP_PKEY_derive(c, key.data(), &size) > 0;
  EVP_PKEY_CTX_free(c);
  if (!ok)
    throw std::runtime_error("OpenSSL derives no key from cluster.secret");
  return key;
}

} // namespace

link_tls::link_tls(std::string_view cluster, std::string_view node, std::string_view secret, std::uint64_t records_per_key)
  : prefix_(std::string(label) + ' ' + std::to_string(cluster.size()) + ' ' + std::string(cluster) + ' '),
    identity_(prefix_ + std::string(node)), key_(derive(secret, cluster)), records_per_key_(records_per_key),
    server_(new_context(TLS_server_method())), client_(new_context(TLS_client_method())) {
  SSL_CTX_set_psk_find_session_callback(server_.get(), find_session);
  SSL_CTX_set_psk_use_session_callback(client_.get(), use_session);
  // A server that does not know the key could only offer a certificate, and none is trusted.
  SSL_CTX_set_verify(client_.get(), SSL_VERIFY_PEER, nullptr);
}

link_tls::~link_tls() { OPENSSL_cleanse(key_.data(), key_.size()); }

link_tls::context link_tls::new_context(const SSL_METHOD* method) {
  context c(SSL_CTX_new(method));
  if (!c || SSL_CTX_set_min_proto_version(c.get(), TLS1_3_VERSION) != 1 || SSL_CTX_set_ciphersuites(c.get(), ciphers) != 1)
    throw std::runtime_error("OpenSSL makes no context for TLS 1.3");
  SSL_CTX_set_num_tickets(c.get(), 0);
  SSL_CTX_set_session_cache_mode(c.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(c.get(), SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_max_early_data(c.get(), 0);
  SSL_CTX_set_app_data(c.get(), this);
  return c;
}

ssl_ptr link_tls::new_ssl(SSL_CTX* from, bool accepting) {
  ssl_ptr ssl(SSL_new(from));
  if (ssl && accepting)
    SSL_set_accept_state(ssl.get());
  else if (ssl)
    SSL_set_connect_state(ssl.get());
  return ssl;
}

std::unique_ptr<tls_pipe> link_tls::pipe(SSL_CTX* from, bool accepting) const {
  auto ssl = new_ssl(from, accepting);
  if (!ssl)
    throw std::bad_alloc();
  return std::make_unique<tls_pipe>(std::move(ssl), records_per_key_);
}

ssl_ptr link_tls::dialling_ssl() const {
  auto ssl = new_ssl(client_.get(), false);
  if (ssl)
    SSL_set_mode(ssl.get(), socket_modes);
  return ssl;
}

const link_tls& link_tls::of(SSL* ssl) { return *static_cast<link_tls*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))); }

SSL_SESSION* link_tls::new_session(SSL* ssl) const {
  auto* s = SSL_SESSION_new();
  if (s && SSL_SESSION_set1_master_key(s, key_.data(), key_.size()) == 1
      && SSL_SESSION_set_cipher(s, SSL_CIPHER_find(ssl, session_cipher)) == 1
      && SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION) == 1)
    return s;
  SSL_SESSION_free(s);
  return nullptr;
}

int link_tls::use_session(SSL* ssl, const EVP_MD*, const unsigned char** id, std::size_t* size, SSL_SESSION** session) {
  auto& me = of(ssl);
  *session = me.new_session(ssl);
  *id = bytes(me.identity_);
  *size = me.identity_.size();
  return *session ? 1 : 0;
}

int link_tls::find_session(SSL* ssl, const unsigned char* id, std::size_t size, SSL_SESSION** session) {
  auto& me = of(ssl);
  *session = nullptr;
  std::string_view theirs(reinterpret_cast<const char*>(id), size);
  if (!theirs.starts_with(me.prefix_)) {
    static_cast<tls_pipe*>(SSL_get_app_data(ssl))->foreign_cluster = true;
    return 1;
  }
  *session = me.new_session(ssl);
  return *session ? 1 : 0;
}

} // namespace troupe::net
