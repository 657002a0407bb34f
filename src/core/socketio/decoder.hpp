#pragma once

#include "base/error.hpp"
#include "core/limits/limits.hpp"
#include "core/socketio/packet.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace troupe::socketio {

enum class parser : std::uint8_t { json, msgpack };

/// Engine.IO messages of one connection -> packets. Holds a binary packet until its attachments are complete. The first
/// message decides the parser: binary means msgpack (socket.io-msgpack-parser), for good.
///
/// Errors (`parse_error`, sentence says why) end the connection; they follow the table "What Node does with odd input"
/// of the protocol notes in docs/protocol.md: empty or non-array event data, reserved or non-string/number event names,
/// wrong placeholders, attachments missing or too many, trailing junk, bad JSON.
/// An event without payload (`42`) decodes to an event with empty `data`, which the connection ignores.
class decoder {
 public:
  explicit decoder(const limits& l) : limits_(&l) {}
  /// The next complete packet, nothing while attachments are missing, or why the connection must close.
  result<std::optional<packet>> on_message(std::string_view bytes, bool binary);
  parser format() const { return format_; }

 private:
  result<std::optional<packet>> on_text(std::string_view text);
  result<std::optional<packet>> on_attachment(std::string_view bytes);

  const limits* limits_;
  std::unique_ptr<packet> pending_; ///< a binary packet whose attachments are not complete
  std::size_t missing_ = 0;         ///< attachments of `pending_` that are still to come
  parser format_ = parser::json;
  bool decided_ = false;
};

} // namespace troupe::socketio
