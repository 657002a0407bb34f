#include "core/frame/frame_builder.hpp"

#include "core/socketio/encoder.hpp"
#include "core/ws/deflate.hpp"
#include "core/ws/frame_writer.hpp"

#include <utility>

namespace troupe {
namespace {

/// WebSocket header, flags and growth for one segment more.
constexpr std::size_t header_room = 10;

/// Collects WebSocket frames and remembers where their payloads are.
class wire_writer {
 public:
  explicit wire_writer(std::size_t payload_bytes, std::size_t frames) {
    wire_.reserve(payload_bytes + frames * header_room);
    segments_.reserve(frames);
  }

  /// One frame whose payload is `head` followed by `body`.
  void add(ws::opcode op, std::string_view head, std::string_view body) {
    const auto size = head.size() + body.size();
    ws::append_header(wire_, op, size);
    segments_.push_back(
      {static_cast<std::uint32_t>(wire_.size()), static_cast<std::uint32_t>(size), op == ws::opcode::binary});
    wire_.append(head).append(body);
  }

  boost::intrusive_ptr<frame> finish(bool is_volatile, bool compress) {
    return new frame(std::move(wire_), std::move(segments_), is_volatile, compress);
  }

 private:
  std::string wire_;
  std::vector<segment> segments_;
};

/// The same frames with the long ones compressed; empty when none became shorter.
std::string deflated_wire(const frame& f, std::size_t threshold) {
  std::string out;
  bool shorter = false;
  for (const auto& s : f.segments()) {
    const auto payload = f.payload(s);
    const auto op = s.binary ? ws::opcode::binary : ws::opcode::text;
    auto packed = payload.size() < threshold ? std::string() : ws::deflate_message(payload);
    const bool use = !packed.empty() && packed.size() < payload.size();
    ws::append_frame(out, op, use ? std::string_view(packed) : payload, use);
    shorter |= use;
  }
  return shorter ? out : std::string();
}

frame_ptr finish(wire_writer& w, const frame_options& o) {
  auto f = w.finish(o.is_volatile, o.compress);
  if (o.deflate && o.compress)
    f->set_deflated(deflated_wire(*f, o.deflate_threshold));
  return f;
}

} // namespace

frame_ptr build_frame(const socketio::packet& p, socketio::parser format, const frame_options& o) {
  if (format == socketio::parser::msgpack) {
    const auto message = socketio::encode_msgpack(p);
    wire_writer w(message.size(), 1);
    w.add(ws::opcode::binary, message, {});
    return finish(w, o);
  }
  const auto head = "4" + socketio::text_head(p);
  std::size_t bytes = head.size() + p.data.size();
  for (const auto& a : p.attachments)
    bytes += a.size();
  wire_writer w(bytes, 1 + p.attachments.size());
  w.add(ws::opcode::text, head, p.data);
  for (const auto& a : p.attachments)
    w.add(ws::opcode::binary, a, {});
  return finish(w, o);
}

outbound_ptr build_outbound(socketio::packet p, const frame_options& o) {
  auto text = build_frame(p, socketio::parser::json, o);
  return std::make_shared<const outbound>(outbound{std::move(p), std::move(text)});
}

frame_ptr build_engine_frame(std::string_view payload) {
  wire_writer w(payload.size(), 1);
  w.add(ws::opcode::text, payload, {});
  return w.finish(false, true);
}

} // namespace troupe
