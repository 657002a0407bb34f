#include "actors/metrics.hpp"
#include "app/http/metric_family.hpp"
#include "app/http/node_metrics.hpp"

#include <span>

namespace troupe::app {
namespace {

using actors::metrics;
using prometheus::MetricType;

struct row {
  std::string_view name;
  MetricType type;
  actors::number metrics::* value;
  std::string_view help;
};

constexpr row gauges[] = {
  {"troupe_connections", MetricType::Gauge, &metrics::connections, "Connection actors alive now"},
  {"troupe_sockets", MetricType::Gauge, &metrics::sockets, "Sockets now (a connection in a namespace)"},
  {"troupe_rooms", MetricType::Gauge, &metrics::rooms, "Room actors alive now"},
  {"troupe_presences", MetricType::Gauge, &metrics::presences, "Presence actors alive now"},
  {"troupe_users_online", MetricType::Gauge, &metrics::users_online, "Users with at least one socket"},
  {"troupe_documents", MetricType::Gauge, &metrics::documents, "Documents open now"},
  {"troupe_memberships", MetricType::Gauge, &metrics::memberships, "Sockets in rooms, summed over rooms"},
  {"troupe_pending_acks", MetricType::Gauge, &metrics::pending_acks, "Acks that clients owe now"},
};

constexpr row counters[] = {
  {"troupe_namespaces_joined_total", MetricType::Counter, &metrics::namespaces_joined, "CONNECT packets granted"},
  {"troupe_connect_errors_total", MetricType::Counter, &metrics::connect_errors, "CONNECT packets refused"},
  {"troupe_packets_received_total", MetricType::Counter, &metrics::packets_in, "Socket.IO packets decoded"},
  {"troupe_events_received_total", MetricType::Counter, &metrics::events_in, "Events from clients"},
  {"troupe_events_sent_total", MetricType::Counter, &metrics::events_out, "Events to clients; a broadcast counts once"},
  {"troupe_acks_received_total", MetricType::Counter, &metrics::acks_in, "Acks from clients"},
  {"troupe_acks_sent_total", MetricType::Counter, &metrics::acks_out, "Acks to clients"},
  {"troupe_ack_timeouts_total", MetricType::Counter, &metrics::ack_timeouts, "Acks that clients owed for too long"},
  {"troupe_published_total", MetricType::Counter, &metrics::published, "Messages that got their place in a room"},
  {"troupe_duplicates_total", MetricType::Counter, &metrics::duplicates, "Messages repeated under an id already seen"},
  {"troupe_direct_delivered_total", MetricType::Counter, &metrics::direct_delivered,
   "Direct messages to users who were there"},
  {"troupe_direct_queued_total", MetricType::Counter, &metrics::direct_queued, "Direct messages kept for users away"},
  {"troupe_direct_unreachable_total", MetricType::Counter, &metrics::direct_unreachable,
   "Direct messages to nobody, and nothing kept"},
  {"troupe_offline_delivered_total", MetricType::Counter, &metrics::queue_delivered,
   "Kept direct messages that a socket of the user was given"},
  {"troupe_offline_dropped_total", MetricType::Counter, &metrics::queue_dropped,
   "Kept direct messages that gave way to newer ones"},
  {"troupe_volatile_dropped_total", MetricType::Counter, &metrics::volatile_dropped,
   "Volatile events for sockets that could not take them"},
  {"troupe_recoveries_asked_total", MetricType::Counter, &metrics::recoveries_asked, "Clients that wanted their session back"},
  {"troupe_recoveries_total", MetricType::Counter, &metrics::recoveries, "Sessions that came back without a gap"},
  {"troupe_session_takeovers_total", MetricType::Counter, &metrics::takeovers, "Sessions whose client came back before the node knew that it had gone"},
  {"troupe_made_up_messages_total", MetricType::Counter, &metrics::made_up, "Messages sent because their receiver was away when they were said"},
  {"troupe_histories_deleted_total", MetricType::Counter, &metrics::histories_deleted, "Histories deleted with their rooms"},
  {"troupe_histories_left_total", MetricType::Counter, &metrics::histories_left,
   "Histories that should have been, but expire: Redis was away, or a node could not be reached"},
  {"troupe_parse_errors_total", MetricType::Counter, &metrics::parse_errors, "Packets that were no Socket.IO"},
  {"troupe_protocol_violations_total", MetricType::Counter, &metrics::protocol_violations,
   "Packets that came at the wrong time"},
  {"troupe_ignored_packets_total", MetricType::Counter, &metrics::ignored_packets, "Packets late or without meaning"},
  {"troupe_tokens_expired_total", MetricType::Counter, &metrics::tokens_expired,
   "Connections closed as their token ended"},
  {"troupe_actor_failures_total", MetricType::Counter, &metrics::actor_failures, "Actors that ended by an exception"},
  {"troupe_actor_restarts_total", MetricType::Counter, &metrics::actor_restarts,
   "Actors started again after a failure"},
  {"troupe_handler_exceptions_total", MetricType::Counter, &metrics::handler_exceptions,
   "Exceptions out of application handlers"},
};

void add_rows(metric_families& to, std::span<const row> rows, const metrics& counts) {
  for (const row& r : rows) {
    to.push_back(family(r.name, r.type, r.help));
    add_sample(to.back(), static_cast<double>((counts.*r.value).get()));
  }
}

} // namespace

void add_actor_families(metric_families& to, const metrics& counts) {
  add_rows(to, gauges, counts);
  add_rows(to, counters, counts);
  to.push_back(family("troupe_published_levels_total", MetricType::Counter,
                      "Publishes into rooms with history that were acknowledged, by the level that they reached"));
  for (std::size_t i = 0; i < counts.levels.size(); ++i)
    add_sample(to.back(), static_cast<double>(counts.levels[i].get()), {label("level", std::string(room::safety_words[i]))});
  to.push_back(family("troupe_not_recovered_total", MetricType::Counter, "Sessions that could not be recovered, by why"));
  for (const auto& [code, n] : counts.not_recovered.snapshot())
    add_sample(to.back(), static_cast<double>(n), {label("code", code)});
  to.push_back(family("troupe_refusals_total", MetricType::Counter, "What clients were refused, by error code"));
  for (const auto& [code, n] : counts.refusals.snapshot())
    add_sample(to.back(), static_cast<double>(n), {label("code", code)});
}

} // namespace troupe::app
