#pragma once

#include "app/config.hpp"
#include "backends/redis/options.hpp"
#include "base/error.hpp"

namespace troupe::app {

/// Whether anything says where Redis is.
bool has_redis(const config& c);

/// Errors: `invalid_redis_url`, `invalid_redis_address`.
result<redis::options> redis_options_of(const config& c);

} // namespace troupe::app
