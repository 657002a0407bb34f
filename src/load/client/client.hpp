#pragma once
// One connection of the generator.

#include <cstdint>
#include <memory>
#include <openssl/types.h>
#include <string>

namespace troupe::load {

enum class phase : std::uint8_t {
  idle,
  connecting, ///< TCP
  securing,   ///< TLS
  upgrading,  ///< waits for the 101
  opening,    ///< waits for Engine.IO's open packet
  naming,     ///< waits for Socket.IO's CONNECT
  joining,    ///< waits for the answer to the join
  live,
  parting ///< has sent a close frame
};

struct ssl_deleter {
  void operator()(SSL* ssl) const;
};

/// What a connection needs only now and then.
struct client_extras {
  std::string carry;    ///< the beginning of a frame whose rest is not here
  std::string fragment; ///< the beginning of a fragmented message
  std::string out;      ///< what the socket did not take
  std::unique_ptr<SSL, ssl_deleter> ssl;
  std::int64_t started_ns = 0;
  std::int64_t phase_ns = 0;
};

/// Small, because a large room's members are gone through for every message.
struct client {
  int fd = -1;
  phase at = phase::idle;
  std::uint32_t index = 0;
  std::uint32_t room = 0;
  std::uint32_t member = 0; ///< its number in the room
  std::unique_ptr<client_extras> extras;

  bool handshaking() const { return at != phase::idle && at < phase::live; }
  client_extras& more() {
    if (!extras)
      extras = std::make_unique<client_extras>();
    return *extras;
  }
};

enum class ending : std::uint8_t {
  refused,   ///< TCP: nobody listens, or the queue is full
  timed_out, ///< the handshake took too long
  rejected,  ///< the server answered, and said no
  closed,    ///< the server closed it
  failed     ///< the network, TLS, or bytes that make no sense
};

/// Who is told about connections. Called while the loop polls; every call may start, send to and close connections.
class client_listener {
 public:
  virtual ~client_listener() = default;
  virtual void on_live(client& c, std::int64_t now) = 0;
  /// A Socket.IO packet (a text that starts with `4`) of a live or parting connection.
  virtual void on_packet(client& c, std::string_view text, std::int64_t now) = 0;
  /// Everything that one read brought has been handed over.
  virtual void on_read(client& c, std::int64_t now) = 0;
  /// It is over and the socket is closed. `was` tells in which phase; `detail` is for people.
  virtual void on_gone(client& c, phase was, ending how, std::string_view detail, std::int64_t now) = 0;
};

} // namespace troupe::load
