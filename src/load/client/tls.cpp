#include "load/client/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace troupe::load {
namespace {

bool is_address(const std::string& host) {
  in6_addr unused;
  return inet_pton(AF_INET, host.c_str(), &unused) == 1 || inet_pton(AF_INET6, host.c_str(), &unused) == 1;
}

} // namespace

void ssl_deleter::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

void tls_client::context_deleter::operator()(SSL_CTX* c) const {
  SSL_CTX_free(c);
}

result<tls_client> tls_client::create(const options& o) {
  tls_client out;
  out.context_.reset(SSL_CTX_new(TLS_client_method()));
  auto* context = out.context_.get();
  SSL_CTX_set_mode(
    context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (!o.insecure) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const bool loaded = o.ca_file.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                                          : SSL_CTX_load_verify_file(context, o.ca_file.c_str()) == 1;
    if (!loaded)
      return error{"invalid_ca", "the certificates in " + o.ca_file + " cannot be read: " + tls_reason()};
  }
  return out;
}

std::unique_ptr<SSL, ssl_deleter> tls_client::attach(int fd, const std::string& host) const {
  std::unique_ptr<SSL, ssl_deleter> ssl{SSL_new(context_.get())};
  SSL_set_fd(ssl.get(), fd);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl.get(), host.c_str());
    SSL_set1_host(ssl.get(), host.c_str());
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

std::string tls_reason() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "no reason given";
}

} // namespace troupe::load
