#include "app/config/redis_options.hpp"

#include "backends/redis/url.hpp"

namespace troupe::app {
namespace {

constexpr std::uint16_t sentinel_port = 26'379;

result<std::vector<redis::endpoint>> endpoints(const std::vector<std::string>& texts, std::uint16_t default_port) {
  std::vector<redis::endpoint> all;
  for (const auto& text : texts) {
    auto e = redis::parse_endpoint(text, default_port);
    if (!e)
      return e.error();
    all.push_back(*e);
  }
  return all;
}

} // namespace

bool has_redis(const config& c) {
  const auto& r = c.redis;
  return !r.url.empty() || !r.host.empty() || !r.cluster_nodes.empty() || !r.sentinel.master.empty();
}

result<redis::options> redis_options_of(const config& c) {
  const auto& r = c.redis;
  auto nodes = endpoints(r.cluster_nodes, 6'379);
  if (!nodes)
    return nodes.error();
  auto sentinels = endpoints(r.sentinel.nodes, sentinel_port);
  if (!sentinels)
    return sentinels.error();
  redis::options o;
  o.server.port = r.port;
  if (!r.host.empty())
    o.server.host = r.host;
  else if (!nodes->empty())
    o.server = nodes->front();
  o.cluster_nodes = std::move(*nodes);
  o.as = {r.user, r.password};
  o.database = r.database;
  o.tls_ca_file = r.tls_ca_file;
  o.sentinel_master = r.sentinel.master;
  o.sentinels = std::move(*sentinels);
  o.sentinel_as = {r.sentinel.user, r.sentinel.password};
  o.prefix = r.prefix;
  o.name = "troupe-" + c.cluster.name;
  o.timeout = r.timeout;
  o.connect_timeout = r.connect_timeout;
  o.reconnect_max = r.reconnect_max;
  o.max_commands = r.max_commands;
  o.max_command_bytes = r.max_command_bytes;
  return r.url.empty() ? result<redis::options>(o) : redis::with_url(o, r.url);
}

} // namespace troupe::app
