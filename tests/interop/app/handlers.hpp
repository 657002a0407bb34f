#pragma once

#include "troupe/troupe.hpp"

#include <string_view>

namespace interop {

/// Gives a namespace (or pattern) all events of the suites. README.md beside this directory lists them.
void add_handlers(troupe::server& io, std::string_view nsp);

} // namespace interop
