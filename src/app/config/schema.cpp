#include "app/config/schema.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace troupe::app {
namespace {

using namespace std::string_view_literals;

constexpr std::array section_docs{
  std::pair{"server"sv, "The address the node listens on, and how it starts and stops."sv},
  std::pair{"cors"sv, "Which web pages of other origins may connect."sv},
  std::pair{"cookie"sv, "A cookie with the session id, for balancers that want one."sv},
  std::pair{"engine"sv, "The transport below Socket.IO: path, heartbeat, polling and WebSocket."sv},
  std::pair{"socketio"sv, "The Socket.IO protocol itself."sv},
  std::pair{"auth"sv, "Who may connect; [authentication.md](authentication.md) explains tokens and claims."sv},
  std::pair{"auth.jwt"sv, "How tokens are checked when `auth.mode` is `token`."sv},
  std::pair{"limits"sv, "What every input meets. A client that goes over one gets an error that names it."sv},
  std::pair{"rooms"sv, "Rooms."sv},
  std::pair{"rooms.history"sv, "Kept messages of a room."sv},
  std::pair{"typing"sv, "Typing notices."sv},
  std::pair{"presence"sv, "Who is online."sv},
  std::pair{"offline"sv, "Direct messages for users who are not connected."sv},
  std::pair{"documents"sv, "Documents edited together (`document_update`)."sv},
  std::pair{
    "events"sv, "Events of your own, and other names for the built-in ones; [events.md](events.md) explains both."sv},
  std::pair{"event_log"sv, "The record of what users did, apart from the node's own log."sv},
  std::pair{"log"sv, "The node's log."sv},
  std::pair{"metrics"sv, "`/metrics`, for Prometheus and as JSON."sv},
  std::pair{"demo"sv, "The demo page."sv},
  std::pair{
    "cluster"sv,
    "Several nodes as one; [cluster.md](cluster.md) tells how they work together."sv},
  std::pair{"cluster.keys"sv, "What other programs may read in Redis; [cluster.md](cluster.md#keys-for-other-programs) has the keys."sv},
  std::pair{"recovery"sv, "Clients that come back within a while get what they missed (Socket.IO's connection state recovery); [recovery.md](recovery.md) tells how."sv},
  std::pair{"redis"sv, "Where nodes of a cluster find each other, and where their rooms keep their history unless `rooms.history.store` says otherwise."sv},
  std::pair{"redis.sentinel"sv, "Sentinels that watch Redis and name its master."sv},
  std::pair{"postgres"sv, "PostgreSQL, for rooms' histories (`rooms.history.store: postgres`); [recovery.md](recovery.md#where-histories-are-kept) tells how."sv},
  std::pair{"kafka"sv, "Kafka. Not used by this version, which says so at start when it is configured."sv},
};

std::vector<config_option> whole_table() {
  std::vector<config_option> all;
  for (auto make : {tables::transport, tables::identity, tables::limits, tables::application, tables::cluster, tables::redis,
                    tables::postgres, tables::operations}) {
    auto part = make();
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

} // namespace

std::span<const config_option> schema() {
  static const auto table = whole_table();
  return table;
}

const config_option* find_option(std::string_view key) {
  auto found = std::ranges::find(schema(), key, &config_option::key);
  return found == schema().end() ? nullptr : &*found;
}

std::string environment_name(std::string_view key) {
  std::string name = "TROUPE_";
  for (char c : key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

bool is_section(std::string_view key) {
  return std::ranges::find(section_docs, key, &std::pair<std::string_view, std::string_view>::first)
         != section_docs.end();
}

std::string_view section_doc(std::string_view section) {
  auto found = std::ranges::find(section_docs, section, &std::pair<std::string_view, std::string_view>::first);
  return found == section_docs.end() ? std::string_view{} : found->second;
}

} // namespace troupe::app
