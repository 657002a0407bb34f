#pragma once
// WebSocket frames from a client (RFC 6455), without I/O.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::ws {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close codes that Troupe sends (RFC 6455 7.4.1).
enum class close_code : std::uint16_t { normal = 1000, going_away = 1001, protocol_error = 1002, invalid_payload = 1007,
                                        policy_violation = 1008, too_big = 1009, internal_error = 1011 };

/// What the next bytes meant.
struct incoming {
  enum class what : std::uint8_t { text, binary, ping, pong, close, failed };
  what kind;
  std::string_view payload;  ///< unmasked and inflated; for `close` the reason; valid until the next call of `next`
  std::uint16_t code = 0;    ///< for `close` the peer's code (1005: none); for `failed` the code to close with
};

/// Turns a byte stream into messages. A complete unfragmented message inside the input is unmasked in place and returned
/// without a copy; only parts of frames and fragments are kept, and the buffer is given back when it is empty, so an
/// idle connection costs no heap.
///
/// Rules: client frames must be masked, reserved bits clear (RSV1 only with permessage-deflate on a message's first frame),
/// control frames at most 125 bytes and unfragmented, lengths minimal, close codes legal, text valid UTF-8 (else 1007),
/// messages at most `max_message` bytes after inflation (else 1009). After `failed` nothing more is read.
class frame_reader {
 public:
  explicit frame_reader(std::size_t max_message, bool permessage_deflate = false)
    : max_message_(max_message), deflate_(permessage_deflate) {}

  /// Consumes from the front of `input`; nothing when more bytes are needed (then `input` is empty).
  std::optional<incoming> next(std::span<char>& input);

  /// Bytes held for incomplete messages.
  std::size_t buffered() const;

 private:
  // implementation is the author's business
  struct parts;
  std::size_t max_message_;
  bool deflate_;
};

} // namespace troupe::ws
