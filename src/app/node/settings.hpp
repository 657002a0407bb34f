#pragma once
// From the configuration to what each part is told: one function a part.

#include "actors/options.hpp"
#include "app/config.hpp"
#include "net/options.hpp"

namespace troupe::app {

net::server_options net_options(const config& c, std::uint16_t node_number);
net::engine_options engine_options_of(const config& c);
actors::options actor_options(const config& c, std::uint16_t node_number);

} // namespace troupe::app
