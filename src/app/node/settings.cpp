#include "app/node/settings.hpp"


#include <algorithm>
#include <thread>

namespace troupe::app {

namespace {

int shard_count(const server_config& c) {
  return c.shards > 0 ? c.shards : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::string with_slashes(const std::string& path) {
  auto out = path.starts_with('/') ? path : "/" + path;
  return out.ends_with('/') ? out : out + "/";
}

bool has(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// What holds for all rooms, less what the rule says otherwise.
actors::room_rule room_rule_of(const room_rule& r, const config& c, const actors::options& usual) {
  actors::room_rule made{r.nsp.empty() ? "*" : r.nsp, r.match, usual};
  auto& kind = made.kind;
  kind.replicas.logged = r.history.value_or(usual.replicas.logged);
  kind.keep.max_entries = r.history_max_messages.value_or(usual.keep.max_entries);
  kind.keep.ttl = r.history_ttl.value_or(usual.keep.ttl);
  kind.level = room::safety_of(r.level).value_or(room::safety::home);
  kind.delete_with_room = r.delete_with_room;
  if (r.delete_with_room && c.recovery.enabled) // whoever may still come back finds what was said
    kind.rooms.idle_timeout = std::max(usual.rooms.idle_timeout, c.recovery.window + usual.recovery.patience);
  return made;
}

} // namespace

net::server_options net_options(const config& c, std::uint16_t node_number) {
  net::server_options o;
  o.host = c.server.host;
  o.port = c.server.port;
  o.node_number = node_number;
  o.shards = shard_count(c.server);
  o.io_uring = c.server.io_uring;
  o.journal_events = c.recovery.enabled ? c.recovery.journal_events : 0;
  o.tls_cert = c.server.tls_cert;
  o.tls_key = c.server.tls_key;
  o.trusted_proxies = c.server.trusted_proxies;
  o.cors = {c.cors.origins, c.cors.credentials, c.cors.allowed_headers, c.cors.exposed_headers, c.cors.max_age_s};
  o.limit = c.limits;
  return o;
}

net::engine_options engine_options_of(const config& c) {
  auto& e = c.engine;
  net::engine_options o;
  o.path = with_slashes(e.path);
  o.ping_interval = e.ping_interval;
  o.ping_timeout = e.ping_timeout;
  o.upgrade_timeout = e.upgrade_timeout;
  o.connect_timeout = c.socketio.connect_timeout;
  o.polling = has(e.transports, "polling");
  o.websocket = has(e.transports, "websocket");
  o.allow_upgrades = e.allow_upgrades;
  o.per_message_deflate = e.per_message_deflate;
  o.http_compression = e.http_compression;
  o.http_compression_threshold = e.http_compression_threshold;
  o.cookie = {c.cookie.name, c.cookie.path, c.cookie.http_only, c.cookie.same_site, c.cookie.secure, c.cookie.max_age_s};
  return o;
}

actors::options actor_options(const config& c, std::uint16_t node_number) {
  actors::options o;
  o.limit = c.limits;
  o.node = node_number;
  o.deflate = c.engine.per_message_deflate;
  o.deflate_threshold = c.engine.per_message_deflate_threshold;
  o.rooms.idle_timeout = c.rooms.idle_timeout;
  o.rooms.announce_max_members = c.rooms.announce_max_members;
  o.rooms.typing_timeout = c.typing.timeout;
  o.rooms.max_members = c.limits.max_room_members;
  o.presence.offline_delay = c.presence.offline_delay;
  o.presence.idle_timeout = c.presence.idle_timeout;
  o.presence.dedup_ids = c.rooms.dedup_ids;
  o.presence.dedup_window = c.rooms.dedup_window;
  o.presence.queue_offline = c.offline.enabled;
  o.presence.until_acked = c.offline.until == "acked";
  o.presence.each_device = c.offline.devices == "each";
  o.presence.queue = {c.offline.max_messages, c.offline.max_bytes, c.offline.ttl, c.rooms.dedup_window};
  o.max_documents = c.documents.max_documents;
  o.replicas.clustered = c.cluster.enabled;
  o.replicas.logged = c.rooms.history.enabled;
  o.replicas.replicated = c.rooms.history.replicas > 0;
  o.replicas.tail.max_messages = c.cluster.tail_messages;
  o.replicas.tail.max_bytes = c.cluster.tail_bytes;
  o.replicas.tail.max_age = 2 * c.cluster.operation_timeout;
  o.replicas.max_pending = c.cluster.max_pending;
  o.replicas.operation_timeout = c.cluster.operation_timeout;
  o.replicas.dedup_ids = c.rooms.dedup_ids;
  o.replicas.dedup_window = c.rooms.dedup_window;
  if (c.recovery.enabled) {
    o.recovery.namespaces = c.recovery.namespaces;
    o.recovery.max_missed = c.recovery.max_missed;
    o.recovery.refresh = c.recovery.window / 2;
  }
  o.query_timeout = c.cluster.query_timeout;
  o.queries = {c.cluster.max_queries, c.cluster.max_answer_bytes};
  o.history = {c.rooms.history.page_messages, c.rooms.history.page_bytes, c.limits.max_attachments};
  o.keep = {c.rooms.history.max_messages, c.rooms.history.ttl};
  for (auto& rule : c.rooms.rules)
    o.room_rules.push_back(room_rule_of(rule, c, o));
  return o;
}

net::link_options link_options_of(const config& c, cluster::link_peer me) {
  net::link_options o;
  o.cluster = c.cluster.name;
  o.secret = c.cluster.secret;
  o.me = std::move(me);
  o.heartbeat = c.cluster.link_heartbeat;
  o.timeout = c.cluster.link_timeout;
  o.max_queued = c.cluster.max_link_bytes;
  return o;
}

cluster::node_options node_options_of(const config& c) {
  cluster::node_options o;
  o.heartbeat = c.cluster.heartbeat;
  o.lease = c.cluster.lease;
  o.gossip = c.cluster.link_heartbeat;
  return o;
}

actors::keys_options keys_options_of(const config& c) {
  auto& k = c.cluster.keys;
  actors::keys_options o;
  o.max_waiting = k.max_waiting;
  o.publish_messages = k.publish_messages;
  o.accept_messages = k.accept_messages;
  o.check_interval = k.check_interval;
  o.last_seen_ttl = c.presence.last_seen_ttl;
  o.commands_at_once = std::clamp<std::size_t>(c.redis.max_commands / 4, 20, 1'000);
  return o;
}

postgres::options postgres_options_of(const config& c) {
  auto& p = c.postgres;
  postgres::options o;
  o.url = p.url;
  o.schema = p.schema;
  o.cluster = c.cluster.name;
  o.timeout = p.timeout;
  o.connect_timeout = p.connect_timeout;
  o.reconnect_max = p.reconnect_max;
  o.max_calls = p.max_calls;
  o.max_call_bytes = p.max_call_bytes;
  return o;
}

std::string keys_prefix_of(const config& c) {
  return c.cluster.keys.prefix.empty() ? c.redis.prefix + c.cluster.name + ":" : c.cluster.keys.prefix;
}

} // namespace troupe::app
