#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {
namespace {

constexpr std::int64_t day = 86'400'000;

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
  t.push_back(flag<config>(
    "recovery.enabled", AT(recovery.enabled),
    "Clients that come back within a while find their session and get what they missed. Needs rooms.history.enabled. Events of rooms "
    "then carry one more argument, which official JavaScript clients use and others show to the application."));
  t.push_back(list<config>("recovery.namespaces", AT(recovery.namespaces), "Namespaces whose sessions can be recovered."));
  t.push_back(number<config>(
    "recovery.window_ms", AT(recovery.window), {1'000, day}, "How long a session waits for its client."));
  t.push_back(number<config>(
    "recovery.max_sessions", AT(recovery.max_sessions), {1, 10'000'000}, "Sessions that wait, on a node without Redis; the oldest go first."));
  t.push_back(number<config>(
    "recovery.max_missed", AT(recovery.max_missed), {1, 1'000'000}, "Messages of a room that are made up for at once; who missed more begins anew."));
  t.push_back(number<config>(
    "recovery.journal_events", AT(recovery.journal_events), {0, 100'000'000},
    "Broadcasts that each shard remembers (24 bytes each), to know what of several rooms a client has got."));
  t.push_back(list<config>("kafka.brokers", AT(kafka.brokers), "Brokers to begin with.", demands::broker)
                .with_alias("KAFKA_BROKERS"));
  t.push_back(text<config>("kafka.client_id", AT(kafka.client_id), "Name shown to the brokers.", demands::not_empty)
                .with_alias("KAFKA_CLIENT_ID"));
  return t;
}

} // namespace troupe::app::tables
