#pragma once
// From the configuration to what each part is told: one function a part.

#include "actors/options.hpp"
#include "actors/public_record.hpp"
#include "app/config.hpp"
#include "backends/postgres/options.hpp"
#include "core/cluster/link_data.hpp"
#include "core/cluster/node_options.hpp"
#include "net/link/link_options.hpp"
#include "net/options.hpp"

namespace troupe::app {

net::server_options net_options(const config& c, std::uint16_t node_number);
net::engine_options engine_options_of(const config& c);
/// `me` is filled in by the caller for a clustered node.
actors::options actor_options(const config& c, std::uint16_t node_number);
net::link_options link_options_of(const config& c, cluster::link_peer me);
cluster::node_options node_options_of(const config& c);
actors::keys_options keys_options_of(const config& c);
postgres::options postgres_options_of(const config& c);
/// Of the keys for other programs.
std::string keys_prefix_of(const config& c);

} // namespace troupe::app
