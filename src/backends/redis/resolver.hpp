#pragma once

#include "backends/redis/event_loop.hpp"
#include "base/error.hpp"

#include <string>
#include <vector>

namespace troupe::redis {

/// Numeric addresses of a host. An address is answered at once, on the caller's thread; a name is looked up on a thread of its
/// own, because that may block for long, and `done` runs on the loop's, or never when the loop has ended.
void resolve(event_loop& loop, const std::string& host, std::function<void(result<std::vector<std::string>>)> done);

} // namespace troupe::redis
