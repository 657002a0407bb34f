#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>

namespace troupe::messaging {

/// Ends an object that was left open (`{"a":1`) by the time and the place of the message: `{"a":1,"ts":..,"seq":..}`.
std::string stamped(std::string open_object, unix_ms ts, std::uint64_t seq);

} // namespace troupe::messaging
