#pragma once

#include "base/error.hpp"
#include "load/client/client.hpp"
#include "load/options.hpp"

#include <memory>
#include <string>

namespace troupe::load {

/// OpenSSL for clients: which certificates are good, and the session of each connection.
class tls_client {
 public:
  /// Errors: `invalid_ca`.
  static result<tls_client> create(const options& o);

  /// A session over a connected socket that expects the certificate of `host`.
  std::unique_ptr<SSL, ssl_deleter> attach(int fd, const std::string& host) const;

 private:
  struct context_deleter {
    void operator()(SSL_CTX* c) const;
  };
  std::unique_ptr<SSL_CTX, context_deleter> context_;
};

/// The newest reason in OpenSSL's queue, in words, and empties it.
std::string tls_reason();

} // namespace troupe::load
