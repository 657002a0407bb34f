#pragma once

#include "app/config.hpp"
#include "core/logic/namespace_logic.hpp"

#include <memory>

namespace troupe::app {

/// The built-in events and the configured rules, as the logic of any namespace.
std::shared_ptr<logic::namespace_logic> make_builtin_logic(const config& c);

} // namespace troupe::app
