#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {
namespace {

constexpr std::string_view reserved = "Reserved for a later version; must be false.";

} // namespace

std::vector<config_option> operations() {
  std::vector<config_option> t;
  t.push_back(choice<config>(
                "log.level", AT(log.level), {"trace", "debug", "info", "warn", "error", "off"},
                "The least important records that are written.")
                .with_alias("LOG_LEVEL"));
  t.push_back(
    choice<config>("log.format", AT(log.format), {"text", "json"}, "Lines for people, or JSON lines for collectors."));
  t.push_back(text<config>("log.file", AT(log.file), "File to write to; empty: standard error."));
  t.push_back(number<config>(
    "log.max_file_bytes", AT(log.max_file_bytes), {10'000, 100'000'000'000},
    "A larger file is set aside (troupe.1.log, troupe.2.log, ...) and begun anew."));
  t.push_back(number<config>("log.max_files", AT(log.max_files), {1, 1'000}, "Files set aside that are kept."));
  t.push_back(flag<config>("metrics.enabled", AT(metrics.enabled), "Serve /metrics."));
  t.push_back(
    flag<config>("metrics.require_api_key", AT(metrics.require_api_key), "Ask for one of auth.api_keys there."));
  t.push_back(flag<config>("demo.enabled", AT(demo.enabled), "Serve /demo."));
  t.push_back(flag<config>("recovery.enabled", AT(recovery.enabled), reserved));
  t.push_back(list<config>("kafka.brokers", AT(kafka.brokers), "Brokers to begin with.", demands::broker)
                .with_alias("KAFKA_BROKERS"));
  t.push_back(text<config>("kafka.client_id", AT(kafka.client_id), "Name shown to the brokers.", demands::not_empty)
                .with_alias("KAFKA_CLIENT_ID"));
  t.push_back(text<config>("database.url", AT(database.url), "Where the database is.", demands::database_url)
                .with_alias("DATABASE_URL")
                .hidden(secrecy::url));
  return t;
}

} // namespace troupe::app::tables
