#include "core/socketio/decoder.hpp"

#include "core/socketio/msgpack_packet.hpp"
#include "core/socketio/text_packet.hpp"

namespace troupe::socketio {
namespace {

error bad(const char* message) {
  return {"parse_error", message};
}

} // namespace

result<std::optional<packet>> decoder::on_message(std::string_view bytes, bool binary) {
  if (!decided_)
    format_ = binary ? parser::msgpack : parser::json;
  decided_ = true;
  if (format_ == parser::json)
    return binary ? on_attachment(bytes) : on_text(bytes);
  if (!binary)
    return bad("A text message came on a connection whose parser is msgpack.");
  auto p = parse_msgpack(bytes, *limits_);
  if (!p)
    return p.error();
  return std::optional(std::move(*p));
}

result<std::optional<packet>> decoder::on_text(std::string_view text) {
  if (pending_) {
    pending_.reset();
    return bad("A text message came where a binary packet's attachment was due.");
  }
  auto parsed = parse_text(text, *limits_);
  if (!parsed)
    return parsed.error();
  if (parsed->attachments == 0)
    return std::optional(std::move(parsed->head));
  pending_ = std::make_unique<packet>(std::move(parsed->head));
  missing_ = parsed->attachments;
  return std::optional<packet>();
}

result<std::optional<packet>> decoder::on_attachment(std::string_view bytes) {
  if (!pending_)
    return bad("A binary message came that no packet announced.");
  pending_->attachments.emplace_back(bytes);
  if (--missing_ > 0)
    return std::optional<packet>();
  const auto whole = std::move(pending_);
  return std::optional(std::move(*whole));
}

} // namespace troupe::socketio
