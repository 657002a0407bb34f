#pragma once
// WebSocket frames from a client (RFC 6455), without I/O.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::ws {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Close codes that Troupe sends (RFC 6455 7.4.1).
enum class close_code : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  invalid_payload = 1007,
  policy_violation = 1008,
  too_big = 1009,
  internal_error = 1011
};

/// What the next bytes meant.
struct incoming {
  enum class what : std::uint8_t { text, binary, ping, pong, close, failed };
  what kind;
  std::string_view payload; ///< unmasked and inflated; for `close` the reason; valid until the next call of `next`
  std::uint16_t code = 0;   ///< for `close` the peer's code (1005: none); for `failed` the code to close with
};

/// Turns a byte stream into messages. A complete unfragmented message inside the input is unmasked in place and
/// returned without a copy; only parts of frames and fragments are kept, and the buffer is given back when it is empty,
/// so an idle connection costs no heap.
///
/// Rules: client frames must be masked, reserved bits clear (RSV1 only with permessage-deflate on a message's first
/// frame), control frames at most 125 bytes and unfragmented, lengths minimal, close codes legal, text valid UTF-8
/// (else 1007), messages at most `max_message` bytes after inflation (else 1009). After `failed` nothing more is read.
class frame_reader {
 public:
  explicit frame_reader(std::size_t max_message, bool permessage_deflate = false);
  ~frame_reader();
  frame_reader(frame_reader&&) noexcept;
  frame_reader& operator=(frame_reader&&) noexcept;

  /// Consumes from the front of `input`; nothing when more bytes are needed (then `input` is empty). Call it until it
  /// gives nothing: that call gives memory back. After a close frame or a failure everything else is swallowed.
  std::optional<incoming> next(std::span<char>& input);

  /// Bytes held for incomplete messages.
  std::size_t buffered() const;

 private:
  struct parts;
  struct frame;
  enum class taken : std::uint8_t { frame, more, broken_rule, too_big };

  taken take_frame(std::span<char>& input, frame& out);
  bool fits_here(const frame& f) const;
  bool fits_limit(const frame& f) const;
  std::optional<incoming> on_control(const frame& f);
  std::optional<incoming> on_data(const frame& f);
  incoming deliver(opcode op, bool compressed, std::string_view payload);
  incoming fail(close_code code);
  parts& held();
  bool in_message() const;
  void forget_delivered();

  std::size_t max_message_;
  std::unique_ptr<parts> parts_; ///< only while something incomplete or just delivered is held
  bool deflate_;
  bool ended_ = false;
};

} // namespace troupe::ws
