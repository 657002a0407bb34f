#include "app/config/option_rows.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {
namespace {

constexpr std::int64_t day = 86'400'000;
constexpr std::string_view reserved = "Reserved for a later version; must be false.";

/// events.names: text to text.
config_option event_names() {
  constexpr const char* accepts = "a group of built-in event: name used instead";
  auto read = [](const YAML::Node& n, config& c) {
    if (!n.IsMap())
      return false;
    std::map<std::string, std::string> names;
    for (const auto& entry : n) {
      if (!entry.first.IsScalar() || !(entry.second.IsScalar() || entry.second.IsNull()))
        return false;
      names[entry.first.Scalar()] = entry.second.IsNull() ? "" : entry.second.Scalar();
    }
    c.events.names = std::move(names);
    return true;
  };
  auto yaml = [](const config& c, secrecy) {
    std::string out;
    for (const auto& [name, used] : c.events.names)
      out += (out.empty() ? "" : ", ") + yaml_text(name) + ": " + yaml_text(used);
    return "{" + out + "}";
  };
  return {
    "events.names",
    accepts,
    "Other names for built-in events, as in {typing: user_typing}; \"\" switches one off.",
    reader<config>(accepts, read),
    yaml,
    true};
}

} // namespace

std::vector<config_option> application() {
  std::vector<config_option> t;
  t.push_back(number<config>(
    "rooms.idle_timeout_ms", AT(rooms.idle_timeout), {0, day}, "An empty room's actor ends after this."));
  t.push_back(number<config>(
    "rooms.announce_max_members", AT(rooms.announce_max_members), {0, 10'000'000},
    "room_joined and room_left are sent while a room is not larger than this."));
  t.push_back(number<config>(
    "rooms.dedup_ids", AT(rooms.dedup_ids), {0, 1'000'000},
    "Message ids remembered per room, so that a message sent twice appears once."));
  t.push_back(
    number<config>("rooms.dedup_window_ms", AT(rooms.dedup_window), {0, day}, "How long they are remembered."));
  t.push_back(room_rules());
  t.push_back(flag<config>(
    "rooms.history.enabled", AT(rooms.history.enabled),
    "Rooms keep what was said, and acknowledge a message only when it is there."));
  t.push_back(choice<config>(
    "rooms.history.store", AT(rooms.history.store), {"auto", "memory", "redis", "postgres"},
    "Where: in the memory of a node that is alone, in Redis (nodes of a cluster), or in PostgreSQL (either). auto: Redis in a cluster, else memory."));
  t.push_back(number<config>(
    "rooms.history.max_messages", AT(rooms.history.max_messages), {1, 10'000'000}, "Per room; the oldest leave."));
  t.push_back(number<config>(
    "rooms.history.ttl_ms", AT(rooms.history.ttl), {1'000, 31'536'000'000}, "How long after its last message a room's history goes."));
  t.push_back(number<config>(
    "rooms.history.replicas", AT(rooms.history.replicas), {0, 100},
    "Replicas of Redis that are to have a message when it is acknowledged as `replicated`; 0: nobody asks them."));
  t.push_back(number<config>(
    "rooms.history.replicas_timeout_ms", AT(rooms.history.replicas_timeout), {1, 10'000},
    "How long a message may be held up for them. When they were late they are left alone for a second, in which messages are `stored`."));
  t.push_back(number<config>(
    "rooms.history.page_messages", AT(rooms.history.page_messages), {1, 10'000}, "Messages that one answer of the event history, or of the API, holds at most."));
  t.push_back(number<config>(
    "rooms.history.page_bytes", AT(rooms.history.page_bytes), {1, 100'000'000}, "About as many bytes; one message is answered whatever its size."));
  t.push_back(number<config>(
    "typing.timeout_ms", AT(typing.timeout), {10, day}, "A typing notice that is not renewed ends after this."));
  t.push_back(number<config>(
    "presence.offline_delay_ms", AT(presence.offline_delay), {0, day},
    "From a user's last disconnect to user_offline, so that a page reload is not a leave."));
  t.push_back(number<config>(
    "presence.idle_timeout_ms", AT(presence.idle_timeout), {0, day},
    "The actor of a user who is away and whom nobody watches ends after this."));
  t.push_back(number<config>(
    "presence.last_seen_ttl_s", AT(presence.last_seen_ttl), {60, 31'536'000},
    "How long a cluster with cluster.keys.enabled remembers in Redis when a user was last seen."));
  t.push_back(flag<config>("offline.enabled", AT(offline.enabled), "Keep direct messages until the user connects."));
  t.push_back(number<config>(
    "offline.max_messages", AT(offline.max_messages), {1, 100'000}, "Messages kept per user; the oldest leaves."));
  t.push_back(number<config>(
    "offline.max_bytes", AT(offline.max_bytes), {1'000, 1'000'000'000}, "Bytes kept per user; the oldest messages leave. A larger message is not kept."));
  t.push_back(number<config>("offline.ttl_s", AT(offline.ttl), {1, 31'536'000}, "How long they are kept."));
  t.push_back(choice<config>(
    "offline.until", AT(offline.until), {"accepted", "acked"},
    "Until when they are kept: until the user's connection has accepted them, or until the client has acknowledged each (its "
    "handler calls the last argument); what it did not acknowledge comes again at the next connect."));
  t.push_back(choice<config>(
    "offline.devices", AT(offline.devices), {"first", "each"},
    "Who gets them: the user's first socket that connects, or each of the user's devices once. A device is what the client calls `device` "
    "in its auth payload; all messages to users are kept for offline.ttl_s then."));
  t.push_back(number<config>(
    "offline.max_users", AT(offline.max_users), {1, 100'000'000},
    "Users with messages, on a node without Redis; messages to more are refused."));
  t.push_back(
    number<config>("documents.max_documents", AT(documents.max_documents), {1, 10'000'000}, "Documents on this node."));
  t.push_back(number<config>(
    "documents.max_changes_bytes", AT(documents.max_changes_bytes), {1, 100'000'000}, "Changes of one update."));
  t.push_back(event_rules());
  t.push_back(event_names());
  t.push_back(text<config>(
    "event_log.file", AT(event_log.file), "JSON lines are appended here; empty: they go to the node's log."));
  return t;
}

} // namespace troupe::app::tables
