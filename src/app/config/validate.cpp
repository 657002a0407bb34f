#include "app/config/validate.hpp"

#include "app/config/redis_options.hpp"
#include "backends/auth/key_set.hpp"
#include "backends/postgres/url.hpp"
#include "core/logic/validate_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace troupe::app {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

class checker {
 public:
  explicit checker(const config& c) : c_(c) {}

  problems run() {
    recovery();
    rooms();
    history();
    cluster();
    transport();
    redis();
    identity();
    sizes();
    offline();
    events();
    levels_of_events();
    files();
    return std::move(found_);
  }

 private:
  void refuse(bool wrong, std::string key, std::string message) {
    if (wrong)
      found_.push_back({"", std::move(key), std::move(message)});
  }

  void recovery() {
    refuse(
      c_.recovery.enabled && !keep_history(c_.rooms), "recovery.enabled",
      "what clients miss is taken from the rooms' history; set rooms.history.enabled to true");
  }

  void rooms() {
    const auto& h = c_.rooms.history;
    refuse(h.replicas > 0 && !(c_.cluster.enabled && keep_history(c_.rooms)), "rooms.history.replicas",
           "there is no history in Redis that replicas could have: that takes cluster.enabled and rooms.history.enabled");
    refuse(h.replicas > 0 && 2 * h.replicas_timeout > c_.redis.timeout, "rooms.history.replicas_timeout_ms",
           "half of redis.timeout_ms (" + std::to_string(c_.redis.timeout.count()) + ") at most, or commands would fail for waiting");
    for (std::size_t i = 0; i < c_.rooms.rules.size(); ++i) {
      const auto& r = c_.rooms.rules[i];
      const auto at = "rooms.rules[" + std::to_string(i) + "].";
      const bool kept = r.history.value_or(c_.rooms.history.enabled);
      refuse(
        !kept && r.history_max_messages, at + "history_max_messages", "these rooms keep no history; set history to true as well");
      refuse(!kept && r.delete_with_room, at + "delete_with_room", "these rooms keep no history; set history to true as well");
      level(r.level, kept, at + "level");
      refuse(!kept && r.history_ttl, at + "history_ttl_ms", "these rooms keep no history; set history to true as well");
    }
  }

  /// Whether messages can reach it at all. `kept`: the rooms keep their history.
  void level(const std::string& demanded, bool kept, const std::string& key) {
    refuse(demanded != "home" && !kept, key, "messages of rooms without history are not stored; set history to true");
    refuse(demanded == "replicated" && c_.rooms.history.replicas == 0, key, "nobody asks replicas; set rooms.history.replicas");
  }

  void history() {
    const auto& store = c_.rooms.history.store;
    refuse(
      store == "memory" && c_.cluster.enabled, "rooms.history.store",
      "nodes of a cluster take over each other's rooms, so what was said there cannot be in the memory of one; set it to redis or postgres");
    refuse(
      store == "redis" && !c_.cluster.enabled, "rooms.history.store",
      "a node that is alone does not use Redis; set it to memory or postgres, or cluster.enabled to true");
    if (store != "postgres")
      return;
    refuse(
      c_.rooms.history.replicas > 0, "rooms.history.replicas",
      "replicas of Redis have no histories that are in PostgreSQL; how many standbys must have them is said there (synchronous_commit)");
    refuse(
      c_.postgres.url.empty(), "postgres.url",
      "rooms.history.store is postgres; say where it is, e.g. postgres://user:password@127.0.0.1/chat");
    if (auto r = postgres::check_url(c_.postgres.url); !r)
      refuse(true, "postgres.url", r.error().message);
  }

  void cluster() {
    const auto& c = c_.cluster;
    if (!c.enabled)
      return;
    refuse(c.secret.empty(), "cluster.secret", "nodes of a cluster must share a secret; make one with: openssl rand -base64 32");
    refuse(
      !has_redis(c_), "redis.url",
      "nodes of a cluster find each other in Redis; say where it is, e.g. redis://127.0.0.1:6379");
    refuse(c.name.find_first_of("{}") != std::string::npos, "cluster.name", "braces have a meaning in Redis; use another name");
    refuse(c.lease < 3 * c.heartbeat, "cluster.lease_ms", "a lease must last three heartbeats at least (cluster.heartbeat_ms)");
    refuse(
      c.link_timeout < 2 * c.link_heartbeat, "cluster.link_timeout_ms",
      "a link needs two heartbeats' time at least (cluster.link_heartbeat_ms)");
  }

  void transport() {
    const auto& s = c_.server;
    refuse(
      s.tls_cert.empty() && !s.tls_key.empty(), "server.tls_cert",
      "server.tls_key is set, so the certificate is needed as well");
    refuse(
      !s.tls_cert.empty() && s.tls_key.empty(), "server.tls_key",
      "server.tls_cert is set, so its private key is needed as well");
    refuse(
      c_.cors.credentials && contains(c_.cors.origins, "*"), "cors.origins",
      "browsers refuse \"*\" together with cors.credentials; list the origins");
    refuse(
      c_.cookie.same_site == "None" && !c_.cookie.secure && !c_.cookie.name.empty(), "cookie.secure",
      "browsers refuse a cookie with SameSite None that is not secure; set it to true");
    refuse(c_.socketio.namespaces.empty(), "socketio.namespaces", "expected at least one namespace, such as /");
    refuse(
      c_.metrics.enabled && c_.metrics.require_api_key && c_.auth.api_keys.empty(), "metrics.require_api_key",
      "nobody could read the metrics: auth.api_keys is empty");
  }

  void redis() {
    if (auto o = redis_options_of(c_); !o)
      refuse(true, o.error().code == "invalid_redis_url" ? "redis.url" : "redis", o.error().message);
    const auto& s = c_.redis.sentinel;
    refuse(!s.master.empty() && s.nodes.empty(), "redis.sentinel.nodes", "redis.sentinel.master is set, so the Sentinels are needed as well");
    refuse(
      s.master.empty() && !s.nodes.empty(), "redis.sentinel.master",
      "redis.sentinel.nodes is set, so the name of the master is needed as well");
    readable("redis.tls_ca_file", c_.redis.tls_ca_file);
  }

  void identity() {
    const auto& jwt = c_.auth.jwt;
    bool by_secret = !jwt.secret.empty() && contains(jwt.algorithms, "HS256");
    bool by_key =
      !jwt.public_key_file.empty() && (contains(jwt.algorithms, "RS256") || contains(jwt.algorithms, "ES256"));
    if (c_.auth.mode != "token" || by_secret || by_key)
      return;
    bool has_key = !jwt.secret.empty() || !jwt.public_key_file.empty();
    refuse(
      has_key, "auth.jwt.algorithms",
      "no algorithm fits the key that is set: auth.jwt.secret is for HS256, auth.jwt.public_key_file for RS256 and "
      "ES256");
    refuse(
      !has_key, "auth.mode",
      "token needs something to check tokens with: set auth.jwt.secret (HS256) or auth.jwt.public_key_file (RS256, "
      "ES256)");
  }

  void sizes() {
    const auto& l = c_.limits;
    refuse(
      l.max_queued_bytes < l.max_payload_bytes, "limits.max_queued_bytes",
      "a message of limits.max_payload_bytes (" + std::to_string(l.max_payload_bytes)
        + ") could never be sent; set it to that or more");
    refuse(
      l.max_sockets != 0 && l.max_sockets < l.max_connections, "limits.max_sockets",
      "limits.max_connections (" + std::to_string(l.max_connections)
        + ") could never be reached; set it to that or more, or to 0");
    refuse(
      c_.documents.max_changes_bytes > l.max_payload_bytes, "documents.max_changes_bytes",
      "larger than limits.max_payload_bytes (" + std::to_string(l.max_payload_bytes) + "), which comes first");
  }

  void offline() {
    refuse(
      c_.offline.until == "acked" && c_.offline.devices == "each", "offline.until",
      "acked is for offline.devices: first; with each, messages are kept for offline.ttl_s anyway");
  }

  void events() {
    for (const auto& p : logic::validate_names(c_.events.names, c_.limits.max_event_name_bytes))
      refuse(true, "events.names", p.message);
    for (const auto& p : logic::validate_rules(c_.events.rules, c_.events.names, c_.limits.max_event_name_bytes)) {
      const auto i = p.rule;
      if (!c_.events.rules[i].name.empty()) // else reported where it was read
        refuse(true, "events.rules[" + std::to_string(i) + "]." + p.field, p.message);
    }
  }

  void levels_of_events() {
    for (std::size_t i = 0; i < c_.events.rules.size(); ++i)
      level(c_.events.rules[i].level, keep_history(c_.rooms), "events.rules[" + std::to_string(i) + "].level");
  }

  void files() {
    readable("server.tls_cert", c_.server.tls_cert);
    readable("server.tls_key", c_.server.tls_key);
    if (const auto& path = c_.auth.jwt.public_key_file; !path.empty())
      if (auto keys = auth::public_keys_from_file(path); !keys)
        refuse(true, "auth.jwt.public_key_file", path + ": " + keys.error().message);
    refuse(
      !c_.engine.client_dir.empty() && !std::filesystem::is_directory(c_.engine.client_dir, ignored_),
      "engine.client_dir", "there is no directory " + c_.engine.client_dir);
    writable("log.file", c_.log.file);
    writable("event_log.file", c_.event_log.file);
  }

  void readable(const char* key, const std::string& path) {
    bool wrong = !path.empty() && (!std::ifstream{path} || std::filesystem::is_directory(path, ignored_));
    refuse(wrong, key, "the file " + path + " cannot be read; is the path right, and may this user read it?");
  }

  void writable(const char* key, const std::string& path) {
    auto parent = std::filesystem::path{path}.parent_path();
    bool wrong = !parent.empty() && !std::filesystem::is_directory(parent, ignored_);
    refuse(wrong, key, "there is no directory " + parent.string() + " to write the file to");
  }

  const config& c_;
  problems found_;
  std::error_code ignored_;
};

} // namespace

problems validate(const config& c) {
  return checker{c}.run();
}

std::vector<std::string> warnings_of(const config& c) {
  std::vector<std::string> out;
  auto warn = [&](bool when, const char* text) {
    if (when)
      out.emplace_back(text);
  };
  const auto& jwt = c.auth.jwt;
  warn(
    c.auth.mode == "anonymous" && (!jwt.secret.empty() || !jwt.public_key_file.empty()),
    "auth.jwt is configured, but auth.mode is anonymous: tokens are not looked at");
  warn(
    c.auth.mode == "token" && !jwt.secret.empty() && jwt.secret.size() < 32,
    "auth.jwt.secret is shorter than 32 bytes, so it can be guessed; make one with: openssl rand -base64 32");
  warn(
    std::ranges::any_of(c.auth.api_keys, [](const std::string& k) { return k.size() < 16; }),
    "auth.api_keys holds a key shorter than 16 bytes, so it can be guessed; make one with: openssl rand -hex 16");
  warn(
    c.engine.ping_interval >= duration{60'000},
    "engine.ping_interval_ms is a minute or more: many proxies close a connection that is silent for 60 s");
  warn(
    !c.cluster.enabled && has_redis(c),
    "redis is configured, but cluster.enabled is false, so this node runs alone and does not use it");
  warn(
    c.cluster.enabled && !c.cluster.secret.empty() && c.cluster.secret.size() < 16,
    "cluster.secret is shorter than 16 bytes, so it can be guessed; make one with: openssl rand -base64 32");
  warn(
    !c.kafka.brokers.empty(),
    "kafka.brokers is set, but this version has no Kafka connection; nothing is sent or read");
  const bool in_postgres = c.rooms.history.store == "postgres";
  warn(!c.postgres.url.empty() && !in_postgres, "postgres.url is set, but rooms.history.store is not postgres, so it is not used");
  warn(in_postgres && !keep_history(c.rooms), "rooms.history.store is set, but rooms.history.enabled is false: nothing is kept");
  return out;
}

} // namespace troupe::app
