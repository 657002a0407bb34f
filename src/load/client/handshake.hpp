#pragma once
// The steps from a TCP connection to a member of a room, without I/O.

#include "load/client/client.hpp"
#include "load/measure/histogram.hpp"
#include "load/options.hpp"
#include "load/wire/packet.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::load {

/// How long each step took.
struct phase_times {
  histogram tcp, tls, websocket, socketio, join, total;
};

/// What follows from what the server said.
struct handshake_step {
  std::string send;                ///< bytes to send
  std::optional<std::string> over; ///< it has failed, and why
};

class handshake {
 public:
  explicit handshake(const options& o);

  /// The request to a server that is called `authority`.
  std::string request(std::string_view authority) const;

  /// The socket is connected (and TLS agreed on, if `tls`): times the phase; the caller sends the request.
  void connected(client& c, bool tls, std::int64_t now);
  void secured(client& c, std::int64_t now);
  /// The head of the server's HTTP answer, with the empty line.
  handshake_step on_http(client& c, std::string_view head, std::int64_t now);
  /// A text message. `c.at` is `live` afterwards when this was the last step.
  handshake_step on_text(client& c, std::string_view text, std::int64_t now);

  /// The frame that asks for the room (again): with the ack id 0 if acks answer joins.
  std::string join_frame(const client& c) const;
  std::string leave_frame(const client& c) const;
  /// Whether this packet answers a join or leave; `refused` says that the answer was no.
  bool answers(const packet& p, bool& refused) const;

  const std::string& nsp_prefix() const { return nsp_prefix_; }
  std::string room_name(std::uint32_t room) const { return o_.room_prefix + std::to_string(room); }
  const phase_times& times() const { return times_; }
  void forget_times() { times_ = {}; }

 private:
  handshake_step named(client& c, std::int64_t now);
  void done(client& c, std::int64_t now);
  static std::int64_t lap(client& c, std::int64_t now);
  std::string event_frame(std::string_view text, const client& c) const;

  const options& o_;
  std::string nsp_prefix_;
  std::string join_event_; ///< `["name"`, when an event answers joins
  std::string accept_;
  phase_times times_;
};

} // namespace troupe::load
