#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {

std::vector<config_option> redis() {
  std::vector<config_option> t;
  t.push_back(
    text<config>("redis.url", AT(redis.url), "Where Redis is; wins over host, port and password.", demands::redis_url)
      .with_alias("REDIS_URL")
      .hidden(secrecy::url));
  t.push_back(text<config>("redis.host", AT(redis.host), "Its host, when there is no url.", demands::optional_host)
                .with_alias("REDIS_HOST"));
  t.push_back(number<config>("redis.port", AT(redis.port), {1, 65'535}, "Its port.").with_alias("REDIS_PORT"));
  t.push_back(text<config>("redis.user", AT(redis.user), "A user of its access list; empty: the default user."));
  t.push_back(
    text<config>("redis.password", AT(redis.password), "Its password.").with_alias("REDIS_PASSWORD").hidden());
  t.push_back(number<config>(
    "redis.database", AT(redis.database), {0, 1'000'000}, "Number of the database; channels are shared by all of them."));
  t.push_back(text<config>(
    "redis.prefix", AT(redis.prefix), "Every key and channel begins with it.", demands::redis_prefix));
  t.push_back(text<config>(
    "redis.tls_ca_file", AT(redis.tls_ca_file),
    "PEM file of the authorities that sign its certificate (rediss://); empty: those that the system trusts."));
  t.push_back(number<config>(
    "redis.timeout_ms", AT(redis.timeout), {100, 60'000}, "A command that is not answered by then has failed."));
  t.push_back(number<config>(
    "redis.connect_timeout_ms", AT(redis.connect_timeout), {100, 60'000}, "An attempt to connect that takes longer has failed."));
  t.push_back(number<config>(
    "redis.reconnect_max_ms", AT(redis.reconnect_max), {100, 60'000},
    "Longest pause between attempts; the first is a tenth of a second, and each is twice the one before."));
  t.push_back(number<config>(
    "redis.max_commands", AT(redis.max_commands), {100, 10'000'000}, "Commands that may wait for it; more are refused."));
  t.push_back(number<config>(
    "redis.max_command_bytes", AT(redis.max_command_bytes), {1'000'000, 10'000'000'000},
    "What they may hold together; more are refused."));
  t.push_back(list<config>(
    "redis.cluster_nodes", AT(redis.cluster_nodes),
    "Further nodes of a Redis Cluster to begin with, for when the first is away.", demands::broker));
  t.push_back(text<config>(
    "redis.sentinel.master", AT(redis.sentinel.master),
    "Name of the master that the Sentinels watch; when set, they say where Redis is."));
  t.push_back(
    list<config>("redis.sentinel.nodes", AT(redis.sentinel.nodes), "The Sentinels.", demands::broker));
  t.push_back(text<config>("redis.sentinel.user", AT(redis.sentinel.user), "A user of the Sentinels' access list."));
  t.push_back(text<config>("redis.sentinel.password", AT(redis.sentinel.password), "Password of the Sentinels.").hidden());
  return t;
}

} // namespace troupe::app::tables
