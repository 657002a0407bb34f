#pragma once
// Socket.IO protocol v5 packets (https://socket.io/docs/v4/socket-io-protocol/).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::socketio {

enum class packet_type : std::uint8_t { connect = 0, disconnect = 1, event = 2, ack = 3, connect_error = 4 };

/// One Socket.IO packet, whatever parser carried it. The wire's BINARY_EVENT and BINARY_ACK are `event` and `ack` with
/// attachments. Binary values inside `data` are `{"_placeholder":true,"num":i}`, i an index into `attachments`.
struct packet {
  packet_type type = packet_type::event;
  std::string nsp = "/";
  std::optional<std::uint64_t> id = {}; ///< ack id
  std::string data = {}; ///< valid JSON text (an array for event and ack, an object for connect); empty: none
  std::vector<std::string> attachments = {}; ///< raw bytes, at most `limits::max_attachments` (10 for official clients)

  bool operator==(const packet&) const = default;
};

} // namespace troupe::socketio
