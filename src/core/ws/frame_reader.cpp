#include "core/ws/frame_reader.hpp"

#include "core/json/utf8.hpp"
#include "core/ws/deflate.hpp"
#include "core/ws/frame_header.hpp"

#include <algorithm>

namespace troupe::ws {
namespace {

constexpr std::uint16_t no_code = 1005;

/// Codes that may travel in a close frame: RFC 6455 7.4 and the IANA registry, libraries (3000+) and applications
/// (4000+).
bool legal_close_code(unsigned code) {
  const bool reserved = code == 1004 || code == 1005 || code == 1006;
  return (code >= 1000 && code <= 1014 && !reserved) || (code >= 3000 && code <= 4999);
}

/// Deflate may make a message that does not compress a little longer (5 bytes for each stored block of 16 kB).
std::size_t compressed_limit(std::size_t max_message) {
  return max_message + max_message / 1024 + 64;
}

} // namespace

struct frame_reader::frame {
  frame_header head;
  std::span<char> payload;
};

struct frame_reader::parts {
  std::string frame;   ///< bytes of a frame that is not complete yet, or the complete one that was just delivered
  std::string message; ///< unmasked payloads of the fragments so far, or the message that was just delivered
  opcode op = opcode::text;
  bool compressed = false;
  bool in_message = false; ///< between the first and the last fragment
  bool frame_delivered = false;
  bool message_delivered = false;
};

frame_reader::frame_reader(std::size_t max_message, bool permessage_deflate)
  : max_message_(max_message), deflate_(permessage_deflate) {}
frame_reader::~frame_reader() = default;
frame_reader::frame_reader(frame_reader&&) noexcept = default;
frame_reader& frame_reader::operator=(frame_reader&&) noexcept = default;

std::optional<incoming> frame_reader::next(std::span<char>& input) {
  forget_delivered();
  while (!ended_) {
    frame f;
    switch (take_frame(input, f)) {
    case taken::more: return std::nullopt;
    case taken::broken_rule: return fail(close_code::protocol_error);
    case taken::too_big: return fail(close_code::too_big);
    case taken::frame: break;
    }
    unmask(f.payload, f.head.mask);
    if (auto message = f.head.is_control() ? on_control(f) : on_data(f))
      return message;
    if (parts_)
      parts_->frame.clear(); // it was a fragment, which is part of `message` now
  }
  input = {};
  return std::nullopt;
}

/// One whole frame, from the input if it is all there, else from what is held plus the input.
frame_reader::taken frame_reader::take_frame(std::span<char>& input, frame& out) {
  for (;;) {
    const bool holding = parts_ && !parts_->frame.empty();
    const std::span<char> bytes = holding ? std::span<char>(parts_->frame) : input;
    const header_check check = read_header(bytes, out.head);
    if (!check.legal || (bytes.size() >= 2 && !fits_here(out)))
      return taken::broken_rule;
    if (check.complete && !fits_limit(out))
      return taken::too_big;
    const std::size_t need = check.need + (check.complete ? static_cast<std::size_t>(out.head.payload_size) : 0);
    if (bytes.size() >= need) {
      out.payload = bytes.subspan(out.head.size, need - out.head.size);
      if (!holding)
        input = input.subspan(need);
      return taken::frame;
    }
    if (input.empty())
      return taken::more;
    const auto part = input.first(std::min(need - (holding ? bytes.size() : 0), input.size()));
    held().frame.append(part.data(), part.size());
    input = input.subspan(part.size());
  }
}

/// Whether the frame may come at this place of the stream.
bool frame_reader::fits_here(const frame& f) const {
  if (f.head.is_control())
    return !f.head.rsv1;
  const bool continuation = f.head.op == opcode::continuation;
  return continuation == in_message() && (!f.head.rsv1 || (deflate_ && !continuation));
}

bool frame_reader::fits_limit(const frame& f) const {
  if (f.head.is_control())
    return true;
  const bool compressed = in_message() ? parts_->compressed : f.head.rsv1;
  const std::size_t limit = compressed ? compressed_limit(max_message_) : max_message_;
  const std::size_t before = in_message() ? parts_->message.size() : 0;
  return f.head.payload_size <= limit - before;
}

std::optional<incoming> frame_reader::on_control(const frame& f) {
  const std::string_view payload(f.payload.data(), f.payload.size());
  if (parts_)
    parts_->frame_delivered = true;
  if (f.head.op == opcode::ping)
    return incoming{incoming::what::ping, payload};
  if (f.head.op == opcode::pong)
    return incoming{incoming::what::pong, payload};
  if (payload.empty()) {
    ended_ = true;
    return incoming{incoming::what::close, {}, no_code};
  }
  const unsigned code = payload.size() < 2 ? 0
                                           : static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8
                                               | static_cast<unsigned char>(payload[1]);
  if (!legal_close_code(code))
    return fail(close_code::protocol_error);
  if (!json::valid_utf8(payload.substr(2)))
    return fail(close_code::invalid_payload);
  ended_ = true;
  return incoming{incoming::what::close, payload.substr(2), static_cast<std::uint16_t>(code)};
}

std::optional<incoming> frame_reader::on_data(const frame& f) {
  const std::string_view payload(f.payload.data(), f.payload.size());
  if (f.head.fin && !in_message()) {
    if (parts_)
      parts_->frame_delivered = true;
    return deliver(f.head.op, f.head.rsv1, payload);
  }
  parts& p = held();
  if (!p.in_message) {
    p.op = f.head.op;
    p.compressed = f.head.rsv1;
    p.in_message = true;
  }
  p.message.append(payload);
  if (!f.head.fin)
    return std::nullopt;
  p.in_message = false;
  p.frame_delivered = p.message_delivered = true;
  return deliver(p.op, p.compressed, p.message);
}

incoming frame_reader::deliver(opcode op, bool compressed, std::string_view payload) {
  if (compressed) {
    auto inflated = inflate_message(payload, max_message_);
    if (!inflated)
      return fail(inflated.error().code == "too_big" ? close_code::too_big : close_code::invalid_payload);
    held().message = std::move(*inflated);
    held().message_delivered = true;
    payload = parts_->message;
  }
  if (op == opcode::binary)
    return {incoming::what::binary, payload};
  if (!json::valid_utf8(payload))
    return fail(close_code::invalid_payload);
  return {incoming::what::text, payload};
}

incoming frame_reader::fail(close_code code) {
  ended_ = true;
  parts_.reset();
  return {incoming::what::failed, {}, static_cast<std::uint16_t>(code)};
}

frame_reader::parts& frame_reader::held() {
  if (!parts_)
    parts_ = std::make_unique<parts>();
  return *parts_;
}

bool frame_reader::in_message() const {
  return parts_ && parts_->in_message;
}

void frame_reader::forget_delivered() {
  if (!parts_)
    return;
  if (parts_->frame_delivered)
    parts_->frame.clear();
  if (parts_->message_delivered)
    parts_->message.clear();
  parts_->frame_delivered = parts_->message_delivered = false;
  if (ended_ || (parts_->frame.empty() && !parts_->in_message))
    parts_.reset();
}

std::size_t frame_reader::buffered() const {
  if (!parts_)
    return 0;
  return (parts_->frame_delivered ? 0 : parts_->frame.size())
         + (parts_->message_delivered ? 0 : parts_->message.size());
}

} // namespace troupe::ws
