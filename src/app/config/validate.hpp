#pragma once

#include "app/config.hpp"
#include "app/config/problem.hpp"

namespace troupe::app {

/// Rules that join several keys, files that must be readable, and what this version cannot do. `where` stays empty: the
/// caller knows where each key was set.
problems validate(const config& c);

/// Settings that have no effect in this version, and unwise ones.
std::vector<std::string> warnings_of(const config& c);

} // namespace troupe::app
