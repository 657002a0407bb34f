#pragma once
// What a run of the load generator is asked to do. The command line fills this in; tests do it directly.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::load {

enum class scenario_kind : std::uint8_t { connect, idle, fanout, echo, chat, reconnect };

/// How the server answers a join.
struct join_answer {
  enum class kind : std::uint8_t { none, ack, event };
  kind by = kind::ack;
  std::string event; ///< for `event`: its name
};

struct options {
  scenario_kind scenario = scenario_kind::fanout;

  // Where to.
  std::vector<std::string> urls{"http://127.0.0.1:3001"}; ///< connections go to them in turn
  std::string path = "/socket.io/";
  std::string nsp = "/";
  std::vector<std::string> auth; ///< JSON sent at CONNECT, in turn over the connections; none: nothing is sent
  bool insecure = false;         ///< TLS: take any certificate
  std::string ca_file;           ///< TLS: trust these instead of the system's

  // How many, and how they come.
  std::uint32_t connections = 1'000;
  double connect_rate = 0;                 ///< per second; 0: as fast as they are taken
  std::uint32_t connect_concurrency = 256; ///< handshakes at a time
  std::uint32_t source_addresses = 1;      ///< 127.0.0.1 up to this many, for targets on loopback
  double timeout_s = 10;                   ///< for a handshake, for an answer, and for stragglers at the end

  // Rooms and messages.
  std::uint32_t rooms = 1;
  std::string room_prefix;      ///< room n is called <prefix><n>; empty: one of this run's own
  std::uint32_t publishers = 1; ///< per room
  std::uint32_t in_flight = 1;  ///< per publisher (fanout) or connection (echo)
  std::optional<double> rate;   ///< open loop: messages per second in all (chat: per member and minute)
  std::size_t payload_bytes = 100;
  bool sender_receives = false;                   ///< whether a publisher gets its own messages, too
  std::string join = R"(["join_room","{room}"])"; ///< empty: nobody joins anything
  join_answer join_reply;
  std::string leave = R"(["leave_room","{room}"])";
  std::string publish = R"(["chat:message",{"room":"{room}","message":"{body}"}])";
  std::string deliver = "new_message"; ///< the event in which messages arrive
  std::string echo = R"(["echo","{body}"])";
  bool echo_by_event = false; ///< the reply is an event with the body in it, not an ack

  // How long, and what is measured.
  double begin_after_s = 0; ///< from the start on, connections included: nothing is sent before
  double warmup_s = 2;
  double duration_s = 10;
  double stay_s = 30;       ///< chat: how long a member stays on average
  double away_s = 2;        ///< chat: and how long it is away then
  double hold_s = 1;        ///< reconnect: between two storms
  std::uint32_t storms = 1; ///< reconnect
  std::vector<int> server_pids;
  std::optional<int> cpu; ///< run on this core only
  std::uint64_t seed = 1;

  // Where results go.
  std::string json_file; ///< "-": standard output, instead of the table
  bool quiet = false;    ///< no progress
};

/// Connection i is in room i % rooms.
constexpr std::uint32_t room_size(const options& o, std::uint32_t room) {
  return (o.connections - room + o.rooms - 1) / o.rooms;
}

} // namespace troupe::load
