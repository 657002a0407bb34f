#pragma once
// Engine.IO v4 packets and long-polling payloads (https://socket.io/docs/v4/engine-io-protocol/).

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::engineio {

enum class packet_type : std::uint8_t { open, close, ping, pong, message, upgrade, noop };

/// One packet; `data` views the input, or the reader's buffer for base64.
struct packet {
  packet_type type = packet_type::message;
  std::string_view data;
  bool binary = false;
};

/// One text packet: type digit and data, or `b` + base64 (a binary message). Errors: `parse_error`.
/// `scratch` receives decoded base64.
result<packet> decode_text(std::string_view text, std::string& scratch);

/// Reads the packets of a POST body one after another (separator 0x1e).
class payload_reader {
 public:
  explicit payload_reader(std::string_view body) : rest_(body) {}
  /// Nothing at the end; an error (`parse_error`) at the first bad packet, after which nothing more is read. An empty
  /// body is an error.
  std::optional<result<packet>> next();

 private:
  std::string_view rest_;
  std::string scratch_;
  bool ended_ = false;
};

constexpr char payload_separator = '\x1e';

/// Standard alphabet with padding.
std::string base64_encode(std::string_view bytes);
void append_base64(std::string& out, std::string_view bytes);
/// Lenient, as clients need it: white space is skipped, the URL-safe alphabet and missing padding are accepted. Nothing
/// for anything else.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace troupe::engineio
