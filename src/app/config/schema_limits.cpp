#include "app/config/option_rows.hpp"
#include "app/config/schema.hpp"

namespace troupe::app::tables {
namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t gigabyte = 1'000'000'000;

} // namespace

std::vector<config_option> limits() {
  std::vector<config_option> t;
  auto add = [&](std::string_view key, auto at, span within, std::string_view doc) {
    t.push_back(number<config>(key, at, within, doc));
  };
  add(
    "limits.max_payload_bytes", AT(limits.max_payload_bytes), {1'000, gigabyte},
    "One packet, one polling body; clients are told at the handshake.");
  add(
    "limits.max_attachments", AT(limits.max_attachments), {0, 1'000},
    "Binary attachments of one event; the official clients refuse more than 10.");
  add("limits.max_event_name_bytes", AT(limits.max_event_name_bytes), {1, 10'000}, "Length of an event's name.");
  add("limits.max_room_name_bytes", AT(limits.max_room_name_bytes), {1, 10'000}, "Length of a room's name.");
  add(
    "limits.max_rooms_per_connection", AT(limits.max_rooms_per_connection), {1, 1'000'000},
    "Rooms one connection may be in.");
  add(
    "limits.max_namespaces_per_connection", AT(limits.max_namespaces_per_connection), {1, 10'000},
    "Namespaces one connection may join.");
  add("limits.max_room_members", AT(limits.max_room_members), {1, 10'000'000}, "Members of one room on this node.");
  add("limits.max_rooms", AT(limits.max_rooms), {1, 100'000'000}, "Rooms on this node.");
  add(
    "limits.max_watched_users", AT(limits.max_watched_users), {0, 1'000'000},
    "Users whose presence one connection may watch.");
  add(
    "limits.max_pending_acks", AT(limits.max_pending_acks), {1, 1'000'000},
    "Acknowledgements the server waits for, per connection.");
  add("limits.max_json_depth", AT(limits.max_json_depth), {2, 1'000}, "Nesting of arrays and objects in a payload.");
  add(
    "limits.events_per_minute", AT(limits.events_per_minute), {0, 10'000'000},
    "Events one connection may send; a whole minute's worth may come at once. 0: no limit.");
  add(
    "limits.connects_per_minute", AT(limits.connects_per_minute), {0, 10'000'000},
    "New sessions per client address. 0: no limit.");
  add(
    "limits.max_tracked_addresses", AT(limits.max_tracked_addresses), {1, 100'000'000},
    "Addresses remembered for connects_per_minute; the least recently seen is forgotten first.");
  add("limits.max_connections", AT(limits.max_connections), {1, 10'000'000}, "Sessions on this node.");
  add(
    "limits.connection_queue", AT(limits.connection_queue), {0, 1'000'000},
    "Handshakes that may wait for a free place when the node is full.");
  add(
    "limits.connection_queue_timeout_ms", AT(limits.connection_queue_timeout), {0, hour},
    "How long they wait before they are refused.");
  add(
    "limits.max_sockets", AT(limits.max_sockets), {0, 10'000'000},
    "Open TCP connections. 0: max_connections + connection_queue + 1000.");
  add(
    "limits.max_queued_bytes", AT(limits.max_queued_bytes), {1'000, 100 * gigabyte},
    "Bytes waiting for one slow client: from a quarter on volatile events are dropped, at the limit the connection is "
    "closed.");
  add("limits.max_header_bytes", AT(limits.max_header_bytes), {1'024, 1'000'000}, "Head of an HTTP request.");
  add(
    "limits.header_timeout_ms", AT(limits.header_timeout), {10, hour},
    "Time for a complete request head, and for the next bytes of a body.");
  add(
    "limits.keep_alive_timeout_ms", AT(limits.keep_alive_timeout), {10, hour},
    "An HTTP connection idle between requests is closed after this.");
  return t;
}

} // namespace troupe::app::tables
