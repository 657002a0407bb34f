#pragma once
// TLS 1.3 with the cluster's secret as the only proof of identity: no certificates, no tickets, no early data.

#include "net/link/tls_pipe.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::net {

/// Makes the pipes of one node's links. Must outlive them; may be used by several threads.
class link_tls {
 public:
  /// Throws std::runtime_error when OpenSSL cannot do this.
  link_tls(std::string_view cluster, std::string_view node, std::string_view secret, std::uint64_t records_per_key);
  ~link_tls();
  link_tls(const link_tls&) = delete;
  link_tls& operator=(const link_tls&) = delete;

  std::unique_ptr<tls_pipe> accepting() const { return pipe(server_.get(), true); }
  std::unique_ptr<tls_pipe> dialling() const { return pipe(client_.get(), false); }
  /// For a socket; null: no memory.
  ssl_ptr dialling_ssl() const;

 private:
  struct context_deleter {
    void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
  };
  using context = std::unique_ptr<SSL_CTX, context_deleter>;

  static int use_session(SSL* ssl, const EVP_MD*, const unsigned char** id, std::size_t* size, SSL_SESSION** session);
  static int find_session(SSL* ssl, const unsigned char* id, std::size_t size, SSL_SESSION** session);
  static const link_tls& of(SSL* ssl);
  context new_context(const SSL_METHOD* method);
  SSL_SESSION* new_session(SSL* ssl) const;
  static ssl_ptr new_ssl(SSL_CTX* from, bool accepting);
  std::unique_ptr<tls_pipe> pipe(SSL_CTX* from, bool accepting) const;

  std::string prefix_;   ///< of every identity in this cluster
  std::string identity_; ///< of this node
  std::array<unsigned char, 32> key_;
  std::uint64_t records_per_key_;
  context server_;
  context client_;
};

} // namespace troupe::net
