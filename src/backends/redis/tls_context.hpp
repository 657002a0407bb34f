#pragma once

#include "backends/redis/options.hpp"
#include "base/error.hpp"

#include <memory>

struct redisAsyncContext;

namespace troupe::redis {

/// TLS to Redis, where the hiredis that this was built with can do it (1.0 and later).
class tls_context {
 public:
  /// nullptr without TLS in the options. Errors: `redis_tls`.
  static result<std::unique_ptr<tls_context>> make(const options& o);
  ~tls_context();
  /// Before the connection is established. False: see the context's error.
  bool begin(redisAsyncContext& c, const std::string& server_name);

 private:
  explicit tls_context(std::string ca_file) : ca_file_(std::move(ca_file)) {}
  std::string ca_file_;
};

} // namespace troupe::redis
