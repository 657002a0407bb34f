#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {

std::vector<config_option> postgres() {
  std::vector<config_option> t;
  t.push_back(text<config>(
                "postgres.url", AT(postgres.url),
                "Where PostgreSQL is: a connection string of libpq, postgres://user:password@host/database or words "
                "(host=... dbname=...), with any of its options, as sslmode=verify-full for TLS.")
                .with_alias("DATABASE_URL")
                .hidden(secrecy::connection));
  t.push_back(text<config>(
    "postgres.schema", AT(postgres.schema),
    "Where the tables are; it and they are made when they are missing. Clusters may share it, under different cluster.names.",
    demands::sql_name));
  t.push_back(number<config>(
    "postgres.timeout_ms", AT(postgres.timeout), {100, 60'000}, "A call that is not answered by then has failed."));
  t.push_back(number<config>(
    "postgres.connect_timeout_ms", AT(postgres.connect_timeout), {100, 60'000}, "An attempt to connect that takes longer has failed."));
  t.push_back(number<config>(
    "postgres.reconnect_max_ms", AT(postgres.reconnect_max), {100, 60'000},
    "Longest pause between attempts; the first is a tenth of a second, and each is twice the one before."));
  t.push_back(number<config>(
    "postgres.max_calls", AT(postgres.max_calls), {100, 10'000'000}, "Calls that may wait for it; more are refused."));
  t.push_back(number<config>(
    "postgres.max_call_bytes", AT(postgres.max_call_bytes), {1'000'000, 10'000'000'000},
    "What they may hold together; more are refused."));
  return t;
}

} // namespace troupe::app::tables
