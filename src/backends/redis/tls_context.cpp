#include "backends/redis/tls_context.hpp"

#include <hiredis/async.h>

#if HIREDIS_MAJOR >= 1
#include <hiredis/hiredis_ssl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#endif

namespace troupe::redis {

tls_context::~tls_context() = default;

#if HIREDIS_MAJOR >= 1

namespace {

/// A context of OpenSSL's that trusts `ca_file`, or what the system trusts.
std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> trusting(const std::string& ca_file) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> made{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  bool trusts = made && (ca_file.empty() ? SSL_CTX_set_default_verify_paths(made.get()) == 1
                                         : SSL_CTX_load_verify_locations(made.get(), ca_file.c_str(), nullptr) == 1);
  if (!trusts)
    return {nullptr, SSL_CTX_free};
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
  return made;
}

} // namespace

result<std::unique_ptr<tls_context>> tls_context::make(const options& o) {
  if (!o.tls)
    return std::unique_ptr<tls_context>{};
  if (!trusting(o.tls_ca_file))
    return error{"redis_tls", "The authorities in redis.tls_ca_file cannot be read."};
  return std::unique_ptr<tls_context>{new tls_context{o.tls_ca_file}};
}

bool tls_context::begin(redisAsyncContext& c, const std::string& server_name) {
  auto trusted = trusting(ca_file_);
  auto ssl = trusted ? SSL_new(trusted.get()) : nullptr;
  if (!ssl)
    return false;
  // hiredis itself checks the chain only; the name is checked here.
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str()) != 1) {
    SSL_set_tlsext_host_name(ssl, server_name.c_str());
    SSL_set1_host(ssl, server_name.c_str());
  }
  return redisInitiateSSL(&c.c, ssl) == REDIS_OK; // takes ssl
}

#else

result<std::unique_ptr<tls_context>> tls_context::make(const options& o) {
  if (!o.tls)
    return std::unique_ptr<tls_context>{};
  return error{"redis_tls", "This build cannot speak TLS to Redis: it needs hiredis 1.0 or later (it has 0.14). Put a TLS proxy "
                            "such as stunnel in between, or use redis://."};
}

bool tls_context::begin(redisAsyncContext&, const std::string&) {
  return false;
}

#endif

} // namespace troupe::redis
