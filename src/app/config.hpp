#pragma once
// The whole configuration of a node, as plain structs: default, unit and effect beside each field. The table that binds
// them to YAML, environment and --set is config/schema.hpp; docs/configuration.md is generated from it.

#include "base/time.hpp"
#include "core/limits/limits.hpp"
#include "core/logic/event_rule.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::app {

struct server_config {
  std::string host = "0.0.0.0";
  std::uint16_t port = 3001;               ///< 0: any free port, printed at start
  std::string node_id;                     ///< empty: host name and a random suffix
  int shards = 0;                          ///< I/O threads; 0: one per core
  duration shutdown_timeout{10'000};       ///< SIGTERM to exit, at most
  duration drain_delay{0};                 ///< readiness falls, then this long before connections are closed
  bool io_uring = true;                    ///< where the kernel offers it
  std::string tls_cert;                    ///< PEM file; both set: the port speaks TLS
  std::string tls_key;
  std::vector<std::string> trusted_proxies;///< addresses whose X-Forwarded-For is believed
};

struct cors_config {
  std::vector<std::string> origins;        ///< allowed origins; "*" for any; empty: same origin only
  bool credentials = false;
  std::vector<std::string> allowed_headers;///< empty: echo what the preflight asks for
  std::vector<std::string> exposed_headers;
  int max_age_s = 0;                       ///< 0: header not sent
};

struct cookie_config {
  std::string name;                        ///< empty: no cookie
  std::string path = "/";
  bool http_only = true;
  std::string same_site = "Lax";
  bool secure = false;
  int max_age_s = 0;                       ///< 0: session cookie
};

struct engine_config {
  std::string path = "/socket.io";
  duration ping_interval{25'000};          ///< key engine.ping_interval_ms
  duration ping_timeout{20'000};           ///< key engine.ping_timeout_ms
  duration upgrade_timeout{10'000};
  std::vector<std::string> transports{"polling", "websocket"};
  bool allow_upgrades = true;
  bool per_message_deflate = false;
  std::size_t per_message_deflate_threshold = 1024; ///< bytes
  bool http_compression = true;
  std::size_t http_compression_threshold = 1024;    ///< bytes
  bool serve_client = true;                ///< GET <path>/socket.io.js and its siblings
  std::string client_dir;                  ///< where the bundles are; empty: the ones shipped with the build
};

struct socketio_config {
  duration connect_timeout{45'000};        ///< a session without a namespace is closed then
  std::vector<std::string> namespaces{"/"};///< served by the built-in events; a trailing * makes a prefix pattern
};

struct jwt_config {
  std::string secret;                      ///< HS256 (secret)
  std::string public_key_file;             ///< PEM, or a JWK / JWK set: RS256, ES256
  std::vector<std::string> algorithms{"HS256", "RS256", "ES256"};
  std::string issuer;                      ///< empty: not checked
  std::string audience;                    ///< empty: not checked
  duration leeway{30'000};                 ///< clock difference allowed for exp and nbf
  std::string user_claim = "userId";       ///< falls back to "sub"
  std::string tenant_claim = "tenantId";
  std::string role_claim = "role";         ///< a string, or an array; also "roles"
  std::string permissions_claim = "permissions";
};

struct auth_config {
  std::string mode = "anonymous";          ///< anonymous or token
  std::vector<std::string> anonymous_roles{"user"};
  jwt_config jwt;
  std::vector<std::string> api_keys;       ///< for /api/v1 and protected pages (secret); empty: the API is closed
};

struct history_config {
  bool enabled = false;                    ///< rooms keep what was said
  std::string store = "auto";              ///< where: memory, redis, postgres; auto: Redis in a cluster, else memory
  std::size_t max_messages = 1'000;        ///< per room
  duration ttl{86'400'000};                ///< after a room's last message
  std::size_t replicas = 0;                ///< of Redis that are to have a message before it is acknowledged; 0: nobody asks
  duration replicas_timeout{100};          ///< how long they may take
  std::size_t page_messages = 100;         ///< of one answer
  std::size_t page_bytes = 1'000'000;
};

/// What holds for rooms with certain names (docs/recovery.md). What is not set is as for all rooms.
struct room_rule {
  std::string match;                       ///< names, a trailing * makes a prefix pattern; needed
  std::string nsp;                         ///< key "namespace", a pattern as well; empty: every namespace
  std::optional<bool> history;
  std::optional<std::size_t> history_max_messages;
  std::optional<duration> history_ttl;
  bool delete_with_room = false;           ///< the history goes when nobody is left
  std::string level = "home";              ///< demanded of every message: home, stored or replicated
};

struct rooms_config {
  duration idle_timeout{60'000};           ///< an empty room's actor ends after this
  std::size_t announce_max_members = 100;  ///< room_joined and room_left are sent while the room is not larger
  std::size_t dedup_ids = 1'000;           ///< idempotency ids remembered per room
  duration dedup_window{120'000};
  std::vector<room_rule> rules;            ///< the first that matches counts
  history_config history;                  ///< keys rooms.history.*
};
/// Whether some rooms keep what was said.
inline bool keep_history(const rooms_config& c) {
  return c.history.enabled || std::any_of(c.rules.begin(), c.rules.end(), [](const room_rule& r) { return r.history.value_or(false); });
}

struct typing_config { duration timeout{5'000}; };

struct presence_config {
  duration offline_delay{2'000};           ///< after the last socket left, before user_offline (a reload is not a leave)
  duration idle_timeout{60'000};           ///< actor of a user who is away and unwatched ends after this
  duration last_seen_ttl{2'592'000'000};   ///< how long a cluster's Redis remembers when a user was last seen
};

struct offline_config {
  bool enabled = true;
  std::size_t max_messages = 100;          ///< per user; the oldest leaves
  std::size_t max_bytes = 1'000'000;       ///< per user; the oldest leave
  duration ttl{86'400'000};
  std::string until = "accepted";          ///< or acked
  std::string devices = "first";           ///< or each
  std::size_t max_users = 100'000;         ///< on a node without Redis
};

struct documents_config {
  std::size_t max_documents = 10'000;      ///< on this node
  std::size_t max_changes_bytes = 100'000; ///< of one update
};

/// The engine's own struct, see there (docs/events.md).
using event_rule = troupe::logic::event_rule;

struct events_config {
  std::vector<event_rule> rules;
  std::map<std::string, std::string> names;///< built-in event -> the name used instead; "" switches it off
};

struct log_config {
  std::string level = "info";              ///< trace, debug, info, warn, error, off
  std::string format = "text";             ///< text or json
  std::string file;                        ///< empty: standard error
  std::size_t max_file_bytes = 50'000'000; ///< rotation
  std::size_t max_files = 5;
};

struct metrics_config { bool enabled = true; bool require_api_key = false; };
struct demo_config { bool enabled = true; };
struct event_log_config { std::string file; /* empty: the node's log */ };

struct public_keys_config {
  bool enabled = true;
  std::string prefix;                      ///< empty: redis.prefix, the cluster's name and a colon
  bool publish_messages = false;           ///< to the channels room:<room>
  bool accept_messages = false;            ///< from the channel server:<node>
  duration check_interval{300'000};        ///< 0: never by itself
  std::size_t max_waiting = 100'000;
};

struct cluster_config {
  bool enabled = false;
  std::string name = "troupe";             ///< nodes of the same name belong together
  std::string host;                        ///< under which other nodes reach this one; empty: server.host, or 127.0.0.1
  std::uint16_t port = 0;                  ///< 0: a free one, advertised
  std::string bind;                        ///< address to listen on; empty: `host` if that is an address, else all
  std::string secret;                      ///< (secret)
  std::string url;                         ///< where clients reach this node, for people; empty: from server.host and port
  duration heartbeat{1'000};               ///< renewal of the node's lease in Redis
  duration lease{5'000};
  duration link_heartbeat{250};
  duration link_timeout{1'000};            ///< a link on which nothing was heard
  std::size_t max_link_bytes = 64'000'000; ///< waiting for one peer
  duration operation_timeout{5'000};       ///< how long a publish or join waits for its room's home
  std::size_t max_pending = 10'000;        ///< publishes and joins of one room that wait
  std::size_t tail_messages = 1'000;       ///< per room and node, for peers that missed them
  std::size_t tail_bytes = 1'000'000;
  std::size_t max_tunnels = 1'000;         ///< clients' connections that are served by another node
  duration query_timeout{5'000};           ///< how long a question to all nodes waits for answers
  std::size_t max_queries = 1'000;         ///< such questions that may be open
  std::size_t max_answer_bytes = 16'000'000; ///< of the answers to one, of all nodes together
  duration drain_timeout{10'000};          ///< how long slots and clients may take to move
  std::uint32_t drain_clients_per_second = 200; ///< 0: all at once
  public_keys_config keys;                 ///< what other programs may read in Redis
};
/// Read and validated already, acted on by a later version (validate.cpp refuses `true`, load.cpp warns of the rest).
struct recovery_config {
  bool enabled = false;                    ///< clients that come back find their session and what they missed; needs rooms.history
  std::vector<std::string> namespaces{"/"};
  duration window{120'000};                ///< how long a session waits for its client
  std::size_t max_sessions = 100'000;      ///< that wait, on a node without Redis
  std::size_t max_missed = 1'000;          ///< messages of a room that are made up for at once
  std::size_t journal_events = 16'384;     ///< per shard
};
struct redis_sentinel_config {
  std::string master;                      ///< set: the Sentinels say where Redis is
  std::vector<std::string> nodes;          ///< host[:port]
  std::string user;
  std::string password;                    ///< (secret)
};

struct redis_config {
  std::string url;                         ///< redis:// or rediss://; wins over host, port and password (secret part)
  std::string host;
  std::uint16_t port = 6379;
  std::string user;                        ///< empty: the default user
  std::string password;                    ///< (secret)
  int database = 0;
  std::string prefix = "troupe:";          ///< of every key and channel
  std::string tls_ca_file;                 ///< empty: what the system trusts
  duration timeout{2'000};                 ///< of one command
  duration connect_timeout{2'000};
  duration reconnect_max{1'000};           ///< longest pause between attempts
  std::size_t max_commands = 10'000;       ///< waiting for Redis
  std::size_t max_command_bytes = 64'000'000;
  std::vector<std::string> cluster_nodes;  ///< further nodes of a Redis Cluster
  redis_sentinel_config sentinel;          ///< keys redis.sentinel.*
};
struct kafka_config { std::vector<std::string> brokers; std::string client_id = "troupe"; };
struct postgres_config {
  std::string url;                         ///< libpq's connection string (secret part)
  std::string schema = "troupe";           ///< of the tables
  duration timeout{2'000};                 ///< of one call
  duration connect_timeout{2'000};
  duration reconnect_max{1'000};           ///< longest pause between attempts
  std::size_t max_calls = 10'000;          ///< waiting for PostgreSQL
  std::size_t max_call_bytes = 64'000'000;
};

struct config {
  server_config server;
  cors_config cors;
  cookie_config cookie;
  engine_config engine;
  socketio_config socketio;
  auth_config auth;
  troupe::limits limits;
  rooms_config rooms;
  typing_config typing;
  presence_config presence;
  offline_config offline;
  documents_config documents;
  events_config events;
  event_log_config event_log;
  log_config log;
  metrics_config metrics;
  demo_config demo;
  cluster_config cluster;
  recovery_config recovery;
  redis_config redis;
  kafka_config kafka;
  postgres_config postgres;
};

} // namespace troupe::app
