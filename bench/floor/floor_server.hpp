#pragma once
// The floor of what delivery can cost: one thread, one epoll, one prebuilt frame per message and one send() per member.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace floor_bench {

/// Speaks as much Socket.IO as the load generator needs: the WebSocket handshake, Engine.IO's open packet, CONNECT,
/// `join_room` with an ack, `msg` to everybody in the sender's room, `echo`. It trusts its clients in everything,
/// sends no pings, keeps no history, has no limits: it is a measure, not a server.
class floor_server {
 public:
  /// Listens on 127.0.0.1; 0 takes a free port. Ends the process with a message when that fails.
  explicit floor_server(std::uint16_t port);

  std::uint16_t port() const { return port_; }
  [[noreturn]] void run();

 private:
  struct connection;
  using room = std::vector<connection*>;

  struct connection {
    int fd = -1;
    bool open = false;           ///< the WebSocket handshake is done
    room* joined = nullptr;
    std::size_t place = 0;       ///< in its room
    std::string in;              ///< the beginning of a frame whose rest is missing
    std::string out;             ///< what the socket did not take
  };

  void accept_all();
  void read(connection& c);
  /// Returns how many bytes were used; nothing when the connection is to be closed.
  std::optional<std::size_t> understand(connection& c, char* bytes, std::size_t size);
  std::optional<std::size_t> shake_hands(connection& c, std::string_view bytes);
  void on_text(connection& c, std::string_view text);
  void join(connection& c, std::string_view text);
  void send(connection& c, std::string_view bytes);
  void flush(connection& c);
  void watch(connection& c, bool writable);
  void close(connection& c);

  int listener_;
  int epoll_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<connection>> connections_; ///< by file descriptor
  std::unordered_map<std::string, room> rooms_;
  std::vector<char> buffer_;
};

} // namespace floor_bench
