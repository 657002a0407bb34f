#include "actors/metrics.hpp"
#include "app/http/metric_family.hpp"
#include "app/http/node_metrics.hpp"
#include "backends/redis/metrics.hpp"
#include "backends/redis/replica_groups.hpp"
#include "net/link/second_way.hpp"
#include "net/link/tunnel_line.hpp"

#include <span>

namespace troupe::app {
namespace {

using cluster::node_counters;
using cluster::replica_counters;
using net::link_metrics;
using net::second_way_metrics;
using net::tunnel_metrics;
using prometheus::MetricType;

/// A counter, or a gauge if its name does not end in `_total`.
template <class Counts, class Number>
struct row {
  std::string_view name;
  Number Counts::* value;
  std::string_view help;
};

constexpr row<node_counters, std::uint64_t> node_rows[] = {
  {"troupe_cluster_claims_total", &node_counters::claims, "Slots that this node asked for"},
  {"troupe_cluster_grants_total", &node_counters::grants, "Slots that it was given"},
  {"troupe_cluster_claims_lost_total", &node_counters::claims_lost, "Slots that another node was quicker to take"},
  {"troupe_cluster_takeovers_total", &node_counters::takeovers, "Slots taken that had no living home"},
  {"troupe_cluster_slots_gained_total", &node_counters::moved_to_me, "Slots taken from a living home"},
  {"troupe_cluster_slots_given_total", &node_counters::moved_away, "Slots lost to another home"},
  {"troupe_cluster_nodes_declared_dead_total", &node_counters::peers_declared_dead,
   "Nodes that this one declared dead"},
  {"troupe_cluster_open_timeouts_total", &node_counters::open_timeouts,
   "Takes that were opened without the reports of all nodes"},
  {"troupe_cluster_registry_losses_total", &node_counters::registry_losses, "Times that Redis was lost"},
  {"troupe_cluster_generations_changed_total", &node_counters::generations_changed,
   "Times that Redis came back without its data"},
  {"troupe_cluster_reasserted_total", &node_counters::reasserted, "Slots written again into a Redis that was behind"},
  {"troupe_cluster_stale_slot_news_total", &node_counters::stale_slot_news,
   "News of slots that had a newer home already"},
  {"troupe_cluster_epoch_conflicts_total", &node_counters::epoch_conflicts,
   "Invariant, 0: two homes of a slot with one epoch"},
  {"troupe_cluster_isolations_total", &node_counters::isolations,
   "Times that neither Redis nor another node could be reached"},
  {"troupe_cluster_nodes_refused_total", &node_counters::peers_refused, "Nodes beyond the most that a cluster has"},
  {"troupe_cluster_bad_messages_total", &node_counters::bad_messages, "Messages between nodes that made no sense"},
};

constexpr row<cluster::drain_status, std::uint64_t> drain_rows[] = {
  {"troupe_drains_total", &cluster::drain_status::begun, "Drains begun, by operators or because the node was told to end"},
  {"troupe_drains_cancelled_total", &cluster::drain_status::cancelled, "Of these, those taken back"},
  {"troupe_drain_clients_moved_total", &cluster::drain_status::moved_ever, "Clients that drains sent to other nodes"},
};

constexpr row<actors::keys_metrics, actors::keys_metrics::counter> keys_rows[] = {
  {"troupe_keys_waiting", &actors::keys_metrics::waiting, "Changes of the keys for other programs that wait for Redis now"},
  {"troupe_keys_changes_total", &actors::keys_metrics::changes, "Changes of these keys"},
  {"troupe_keys_coalesced_total", &actors::keys_metrics::coalesced, "Of these, those that a later one replaced before they left"},
  {"troupe_keys_batches_total", &actors::keys_metrics::batches, "Batches in which they went to Redis"},
  {"troupe_keys_commands_total", &actors::keys_metrics::commands, "Redis commands in these batches"},
  {"troupe_keys_failures_total", &actors::keys_metrics::failures, "Batches that Redis did not take"},
  {"troupe_keys_overflows_total", &actors::keys_metrics::overflows, "Times that more waited than cluster.keys.max_waiting"},
  {"troupe_keys_rewrites_total", &actors::keys_metrics::rewrites, "Times that all keys of this node were compared and corrected, after a start or a loss"},
  {"troupe_keys_published_total", &actors::keys_metrics::published, "Messages published for other programs"},
  {"troupe_keys_letters_total", &actors::keys_metrics::accepted, "Messages of other programs for clients of this node"},
  {"troupe_keys_letters_refused_total", &actors::keys_metrics::refused, "Such messages that made no sense"},
  {"troupe_keys_checks_total", &actors::keys_metrics::checks, "Comparisons of these keys with the clients"},
  {"troupe_keys_checks_failed_total", &actors::keys_metrics::checks_failed, "Of these, those that Redis did not answer"},
  {"troupe_keys_found_total", &actors::keys_metrics::found, "Entries that such a check found wrong"},
  {"troupe_keys_repaired_total", &actors::keys_metrics::repaired, "Of these, those corrected"},
  {"troupe_keys_nodes_reaped_total", &actors::keys_metrics::nodes_reaped, "Dead nodes whose entries this node took away"},
  {"troupe_keys_entries_reaped_total", &actors::keys_metrics::entries_reaped, "Entries of dead nodes taken away"},
};

constexpr row<replica_counters, counter> replica_rows[] = {
  {"troupe_replica_stale_dropped_total", &replica_counters::stale_dropped, "Messages of an overtaken home, dropped"},
  {"troupe_replica_gaps_total", &replica_counters::gaps, "Gaps in what a home sent, asked for again"},
  {"troupe_replica_lost_total", &replica_counters::lost,
   "Messages that this node could not be given any more (rooms without history)"},
  {"troupe_replica_diverged_total", &replica_counters::diverged,
   "Invariant, 0: messages delivered here that the other nodes never will"},
  {"troupe_replica_resent_total", &replica_counters::resent, "Publishes and joins sent again to a new home"},
  {"troupe_replica_repeated_total", &replica_counters::repeated, "Of these, those that the home knew already"},
  {"troupe_replica_outcomes_forgotten_total", &replica_counters::outcomes_forgotten,
   "Of these, those answered without their place"},
  {"troupe_replica_expired_total", &replica_counters::expired, "Publishes and joins that nobody answered in time"},
  {"troupe_replica_overtaken_total", &replica_counters::overtaken,
   "Times that a room's log refused this node as its home"},
  {"troupe_replica_unsaved_dropped_total", &replica_counters::unsaved_dropped,
   "Messages that never came into the log, which was away for too long"},
  {"troupe_replica_bad_messages_total", &replica_counters::bad_messages, "Messages between rooms that made no sense"},
};

constexpr row<link_metrics, link_metrics::counter> link_rows[] = {
  {"troupe_links_half_open", &link_metrics::half_open,
   "Connections on the links' port that have not presented themselves"},
  {"troupe_links_up_total", &link_metrics::ups, "Links that came up"},
  {"troupe_link_dials_total", &link_metrics::dials, "Attempts to reach another node"},
  {"troupe_link_dials_failed_total", &link_metrics::dials_failed, "Of these, those that failed"},
  {"troupe_link_accepted_total", &link_metrics::accepted, "Connections accepted on the links' port"},
  {"troupe_link_probed_total", &link_metrics::probed, "Of these, those that ended without a byte: another node, or a health check, saw that this one listens"},
  {"troupe_link_messages_received_total", &link_metrics::messages_in, "Messages from other nodes"},
  {"troupe_link_messages_sent_total", &link_metrics::messages_out, "Messages to other nodes"},
  {"troupe_link_messages_lost_total", &link_metrics::messages_lost, "Messages whose link ended before they left"},
  {"troupe_link_received_bytes_total", &link_metrics::bytes_in, "Bytes from other nodes, on the wire"},
  {"troupe_link_sent_bytes_total", &link_metrics::bytes_out, "Bytes to other nodes, on the wire"},
  {"troupe_link_heartbeats_total", &link_metrics::heartbeats_out,
   "Heartbeats sent on links that were silent otherwise"},
  {"troupe_link_stalls_total", &link_metrics::gaps,
   "Times that the links' thread got no processor for so long that no peer is blamed"},
};

constexpr row<second_way_metrics, counter> bus_way_rows[] = {
  {"troupe_links_over_bus_total", &second_way_metrics::opened, "Times that Redis pub/sub took the place of a link"},
  {"troupe_links_over_bus_ended_total", &second_way_metrics::ended, "Times that this ended"},
  {"troupe_link_bus_messages_sent_total", &second_way_metrics::messages_out, "Messages sent that way"},
  {"troupe_link_bus_messages_received_total", &second_way_metrics::messages_in, "Messages that came that way"},
  {"troupe_link_bus_gaps_total", &second_way_metrics::gaps, "Gaps in what came that way, each of which ended it"},
};

constexpr row<tunnel_metrics, tunnel_metrics::counter> tunnel_rows[] = {
  {"troupe_tunnels", &tunnel_metrics::open,
   "Clients' connections that this node carries to the node of their session now"},
  {"troupe_tunnels_opened_total", &tunnel_metrics::opened, "Such connections"},
  {"troupe_tunnels_failed_total", &tunnel_metrics::failed,
   "Such connections that the other node could not be reached for, or did not want"},
  {"troupe_tunnels_refused_total", &tunnel_metrics::refused_full, "Such connections refused, for cluster.max_tunnels"},
  {"troupe_tunnels_unknown_total", &tunnel_metrics::refused_unknown,
   "Requests for sessions of a node that this one does not know"},
  {"troupe_tunnel_bytes_to_node_total", &tunnel_metrics::bytes_to_owner,
   "Bytes carried to other nodes for clients here"},
  {"troupe_tunnel_bytes_to_client_total", &tunnel_metrics::bytes_to_client, "Bytes carried back to clients here"},
};

constexpr row<redis::metrics, redis::metrics::counter> redis_rows[] = {
  {"troupe_redis_commands_waiting", &redis::metrics::queued, "Commands that wait for Redis or its answer now"},
  {"troupe_redis_waiting_bytes", &redis::metrics::queued_bytes, "Bytes of these"},
  {"troupe_redis_commands_total", &redis::metrics::commands, "Commands for Redis"},
  {"troupe_redis_commands_refused_total", &redis::metrics::refused, "Commands refused because too many waited"},
  {"troupe_redis_commands_timed_out_total", &redis::metrics::timeouts, "Commands that Redis did not answer in time"},
  {"troupe_redis_commands_failed_total", &redis::metrics::failed, "Commands that ended in an error of any kind"},
  {"troupe_redis_connects_total", &redis::metrics::connects, "Connections to Redis that came to work"},
  {"troupe_redis_connect_failures_total", &redis::metrics::connect_failures,
   "Attempts to connect to Redis that failed"},
  {"troupe_redis_connections_lost_total", &redis::metrics::losses, "Working connections to Redis that ended"},
  {"troupe_redis_redirects_total", &redis::metrics::redirects, "MOVED and ASK answers of a Redis Cluster"},
  {"troupe_redis_script_loads_total", &redis::metrics::script_loads, "Scripts sent again because Redis had lost them"},
  {"troupe_redis_published_total", &redis::metrics::published, "Messages published in Redis"},
  {"troupe_redis_publish_dropped_total", &redis::metrics::publish_dropped,
   "Messages not published because Redis was away or behind"},
  {"troupe_redis_received_total", &redis::metrics::received, "Messages of subscribed channels"},
};

constexpr row<redis::replica_metrics, redis::replica_metrics::counter> history_rows[] = {
  {"troupe_history_writes_waiting", &redis::replica_metrics::waiting, "Writes of histories that wait for Redis' replicas to answer for those before"},
  {"troupe_history_replicas_asked_total", &redis::replica_metrics::asked, "Times that replicas were asked whether they have the histories"},
  {"troupe_history_replicas_late_total", &redis::replica_metrics::missed, "Of these, those without a yes in time"},
};

void add_one(metric_families& to, std::string_view name, std::string_view help, double value) {
  to.push_back(family(name, name.ends_with("_total") ? MetricType::Counter : MetricType::Gauge, help));
  add_sample(to.back(), value);
}

template <class Counts, class Number, std::size_t n>
void add_rows(metric_families& to, const row<Counts, Number> (&rows)[n], const Counts& counts) {
  for (const auto& r : rows)
    add_one(to, r.name, r.help, static_cast<double>(counts.*r.value));
}

void add_by_reason(metric_families& to, std::string_view name, std::string_view help, auto& counts, auto reason) {
  to.push_back(family(name, MetricType::Counter, help));
  for (std::size_t i = 0; i < counts.size(); ++i)
    add_sample(to.back(), static_cast<double>(counts[i]), {label("reason", std::string(reason(i)))});
}

void add_links(metric_families& to, const link_metrics& counts) {
  constexpr std::string_view ends[] = {"refused", "reset", "silent", "overflow", "left"};
  const auto refusal = [](std::size_t i) { return to_string(static_cast<cluster::link_refusal>(i)); };
  add_rows(to, link_rows, counts);
  add_by_reason(to, "troupe_links_ended_total",
                "Links that ended, by why", counts.ended, [&](std::size_t i) { return ends[i]; });
  add_by_reason(to, "troupe_link_refused_total",
                "Connections that this node refused on the links' port", counts.refused, refusal);
  add_by_reason(to, "troupe_link_refused_by_peer_total",
                "Times that another node refused this one", counts.refused_us, refusal);
}

} // namespace

void add_cluster_families(metric_families& to, const cluster_facts& facts, bool draining, const actors::metrics& counts) {
  const auto sums = sums_of(facts);
  const auto view = facts.view ? *facts.view : actors::cluster_view{};
  add_one(to, "troupe_cluster_nodes",
          "Nodes that this one knows and does not hold for dead, itself included", static_cast<double>(sums.nodes));
  add_one(to, "troupe_cluster_nodes_linked", "Other nodes to which a link is up", static_cast<double>(sums.linked));
  add_one(to, "troupe_cluster_slots_owned", "Slots whose rooms this node orders", static_cast<double>(sums.slots));
  add_one(to, "troupe_cluster_slots_without_home",
          "Slots that no living node orders, as this one knows", static_cast<double>(sums.slots_without_home));
  add_one(to, "troupe_cluster_registry_up", "1 while the node's lease in Redis can be renewed", view.registry_up);
  add_one(to, "troupe_cluster_isolated", "1 while neither Redis nor another node can be reached", view.isolated);
  add_one(to, "troupe_cluster_draining", "1 while the node gives its slots away", draining);
  add_rows(to, drain_rows, facts.drain);
  static const actors::keys_metrics no_keys;
  add_rows(to, keys_rows, facts.keys_counters ? *facts.keys_counters : no_keys);
  add_one(to, "troupe_cluster_pins", "Slots that operators have pinned to a node", static_cast<double>(view.pins.size()));
  add_rows(to, node_rows, view.counters);
  add_rows(to, replica_rows, counts.replicas);
  add_links(to, *facts.link_counters);
  add_rows(to, bus_way_rows, *facts.bus_way_counters);
  add_rows(to, tunnel_rows, *facts.tunnel_counters);
  add_one(to, "troupe_redis_up", "1 while Redis takes commands", facts.store_up);
  add_rows(to, redis_rows, *facts.store_counters);
  static const redis::replica_metrics nobody_asked;
  add_rows(to, history_rows, facts.replica_counters ? *facts.replica_counters : nobody_asked);
}

} // namespace troupe::app
