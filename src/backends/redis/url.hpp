#pragma once

#include "backends/redis/options.hpp"
#include "base/error.hpp"

#include <string_view>

namespace troupe::redis {

/// redis://[[user]:password@]host[:port][/database], rediss:// for TLS; user and password may be percent-encoded, an IPv6
/// address stands in brackets. Sets what the URL names and leaves the rest of `o` as it is. Errors: `invalid_redis_url`.
result<options> with_url(options o, std::string_view url);

/// host[:port], for lists of nodes. Errors: `invalid_redis_address`.
result<endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);

} // namespace troupe::redis
