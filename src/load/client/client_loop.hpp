#pragma once
// One thread, one epoll, many connections.

#include "load/client/client.hpp"
#include "load/client/handshake.hpp"
#include "load/client/tls.hpp"
#include "load/client/transport.hpp"
#include "load/wire/frame_scan.hpp"

#include <array>
#include <optional>
#include <vector>

namespace troupe::load {

struct loop_counts {
  std::uint64_t reads = 0;  ///< successful ones
  std::uint64_t frames = 0; ///< while live
  std::uint64_t bytes = 0;
  std::uint64_t pings = 0; ///< of Engine.IO, answered
};

/// Opens connections, takes them through the handshake, answers pings and hands packets to the listener. The listener
/// must outlive it, clients must not move while they are open.
class client_loop {
 public:
  client_loop(const options& o, std::vector<target> targets, std::optional<tls_client> tls, client_listener& listener);
  ~client_loop();
  client_loop(const client_loop&) = delete;
  client_loop& operator=(const client_loop&) = delete;

  /// Starts the handshake of an idle client. Failures are told through the listener, perhaps at once.
  void start(client& c);
  /// Whole frames. What the socket does not take is sent later.
  void send(client& c, std::string_view frames);
  /// Bytes that wait because the server does not read.
  static std::size_t backlog(const client& c) { return c.extras ? c.extras->out.size() : 0; }
  /// Cuts it without a word to the server or to the listener.
  void cut(client& c);
  /// Says goodbye; the server closes, and the listener is told.
  void part(client& c);
  /// For a handshake that has taken too long, and the like: cuts it and tells the listener.
  void give_up(client& c, ending how, std::string_view detail, std::int64_t now);

  /// Waits for something to happen, until `until_ns` at most, and deals with it.
  void poll(std::int64_t until_ns);

  handshake& steps() { return steps_; }
  const loop_counts& counts() const { return counts_; }

 private:
  void on_event(client& c, std::uint32_t events);
  void on_connecting(client& c, std::int64_t now);
  void secure(client& c, std::int64_t now);
  void send_request(client& c);
  void read(client& c, bool until_end);
  bool consume(client& c, const char* from, const char* end, std::int64_t now);
  const char* take_http(client& c, const char* from, const char* end, std::int64_t now);
  bool on_frame(client& c, const server_frame& f, std::int64_t now);
  bool on_other_frame(client& c, const server_frame& f, std::int64_t now);
  bool on_text(client& c, std::string_view text, std::int64_t now);
  bool take_step(client& c, handshake_step step, std::int64_t now);
  void flush(client& c);
  void settle(client& c);
  const target& target_of(const client& c) const { return targets_[c.index % targets_.size()]; }

  const options& o_;
  std::vector<target> targets_;
  std::optional<tls_client> tls_;
  client_listener& listener_;
  handshake steps_;
  std::vector<std::string> requests_; ///< by target
  std::string pong_;
  std::vector<char> buffer_;
  loop_counts counts_;
  int epoll_ = -1;
};

} // namespace troupe::load
