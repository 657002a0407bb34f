#include "app/config/demands.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {

std::vector<config_option> cluster() {
  std::vector<config_option> t;
  auto number_of = [&](std::string_view key, auto at, span within, std::string_view doc) { t.push_back(number<config>(key, at, within, doc)); };
  t.push_back(flag<config>("cluster.enabled", AT(cluster.enabled), "Join other nodes; needs redis and cluster.secret.")
                .with_alias("ENABLE_WEBSOCKET_CLUSTERING"));
  t.push_back(text<config>("cluster.name", AT(cluster.name), "Nodes of the same name belong together.", demands::not_empty));
  t.push_back(text<config>(
    "cluster.host", AT(cluster.host), "Name or address under which other nodes reach this one; empty: server.host, or 127.0.0.1."));
  number_of("cluster.port", AT(cluster.port), {0, 65'535}, "Port for other nodes; 0 takes a free one and advertises it.");
  t.push_back(text<config>(
    "cluster.bind", AT(cluster.bind), "Address to listen on for other nodes; empty: cluster.host if that is an address, else all."));
  t.push_back(text<config>("cluster.secret", AT(cluster.secret), "What a node must know to be let in: the same on all nodes.").hidden());
  t.push_back(text<config>("cluster.url", AT(cluster.url), "Where clients reach this node, shown to people; empty: made from server.host and port."));
  number_of("cluster.heartbeat_ms", AT(cluster.heartbeat), {100, 60'000}, "How often the node renews its lease in Redis.");
  number_of("cluster.lease_ms", AT(cluster.lease), {500, 600'000}, "How long a node that says nothing counts as there; at least three heartbeats.");
  number_of("cluster.link_heartbeat_ms", AT(cluster.link_heartbeat), {20, 60'000}, "A link is never silent for longer.");
  number_of("cluster.link_timeout_ms", AT(cluster.link_timeout), {100, 600'000}, "A link on which nothing was heard for so long is given up.");
  number_of("cluster.max_link_bytes", AT(cluster.max_link_bytes), {1'000'000, 100'000'000'000}, "Bytes that may wait for one peer before its link is given up.");
  number_of("cluster.operation_timeout_ms", AT(cluster.operation_timeout), {100, 600'000}, "How long a publish or join waits for the node that orders its room.");
  number_of("cluster.max_pending", AT(cluster.max_pending), {1, 10'000'000}, "Publishes and joins of one room that may wait.");
  number_of("cluster.tail_messages", AT(cluster.tail_messages), {10, 1'000'000}, "Last messages that every node keeps of a room, for nodes that missed them.");
  number_of("cluster.tail_bytes", AT(cluster.tail_bytes), {1'000, 1'000'000'000}, "And not more than this.");
  number_of("cluster.max_tunnels", AT(cluster.max_tunnels), {0, 1'000'000}, "Connections of clients whose session lives on another node, which serves them through this one.");
  number_of("cluster.query_timeout_ms", AT(cluster.query_timeout), {100, 600'000}, "How long a question to all nodes, such as a list of sockets, waits for answers.");
  number_of("cluster.max_queries", AT(cluster.max_queries), {1, 1'000'000}, "Questions to all nodes that may wait for answers; and of others' questions, those that may wait for this node's.");
  number_of("cluster.max_answer_bytes", AT(cluster.max_answer_bytes), {100'000, 1'000'000'000}, "Size of the answers to one question, of all nodes together; what is beyond is left out, and the answer says so.");
  number_of("cluster.drain_timeout_ms", AT(cluster.drain_timeout), {0, 600'000}, "How long a node that drains, or stops, may take to give its rooms and clients to others; clients leave faster if they must.");
  number_of("cluster.drain_clients_per_second", AT(cluster.drain_clients_per_second), {0, 1'000'000}, "Clients that a draining node sends to other nodes, a tenth of them at a time; 0 sends all at once.");
  t.push_back(flag<config>("cluster.keys.enabled", AT(cluster.keys.enabled), "Keep in Redis, for other programs, who is connected, in which rooms and online (docs/cluster.md)."));
  t.push_back(text<config>("cluster.keys.prefix", AT(cluster.keys.prefix), "These keys begin with it; empty: redis.prefix, cluster.name and a colon. The same on all nodes.", demands::redis_prefix));
  t.push_back(flag<config>("cluster.keys.publish_messages", AT(cluster.keys.publish_messages), "Publish every message of a room to the channel `room:<room>` as well."));
  t.push_back(flag<config>("cluster.keys.accept_messages", AT(cluster.keys.accept_messages), "Emit to clients of this node what is published to the channel `server:<node>`."));
  number_of("cluster.keys.check_interval_ms", AT(cluster.keys.check_interval), {0, 86'400'000}, "How often a node compares these keys with its clients and repairs them; 0: only when asked (`troupe doctor`).");
  number_of("cluster.keys.max_waiting", AT(cluster.keys.max_waiting), {1'000, 10'000'000}, "Changes of these keys that may wait for Redis; beyond it all keys of the node are written anew later.");
  return t;
}

} // namespace troupe::app::tables
