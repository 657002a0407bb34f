#include "fuzz/packet_check.hpp"

#include "core/frame/frame_builder.hpp"
#include "core/json/json_text.hpp"
#include "core/json/utf8.hpp"
#include "core/socketio/data_shape.hpp"
#include "core/socketio/encoder.hpp"
#include "fuzz/target.hpp"

#include <nlohmann/json.hpp>

namespace troupe::fuzz {
namespace {

using socketio::packet;
using socketio::packet_type;

void check_form(const packet& p) {
  require(
    p.nsp.starts_with('/') && json::valid_utf8(p.nsp) && p.nsp.find('\0') == p.nsp.npos, "namespaces have their form");
  require(p.data.empty() || json::valid(p.data, tight_limits().max_json_depth), "data is valid JSON within its depth");
  require(p.attachments.size() <= tight_limits().max_attachments, "attachments keep their limit");
  if (!p.attachments.empty()) {
    require(p.type == packet_type::event || p.type == packet_type::ack, "only events and acks have attachments");
    for (const auto& c : socketio::containers_of(p.data))
      require(
        !c.placeholder || (c.index >= 0 && std::size_t(c.index) < p.attachments.size()), "placeholders are in range");
  }
}

void check_text(const packet& p) {
  socketio::decoder d(tight_limits());
  auto r = d.on_message(socketio::encode_text(p), false);
  for (const auto& a : p.attachments) {
    require(r && !*r, "a binary packet waits for all its attachments");
    r = d.on_message(a, true);
  }
  require(r && *r && **r == p, "encoded text decodes to the same packet");
}

bool named_by_number(const packet& p) {
  const auto name = json::array_reader(p.data).next();
  return p.type == packet_type::event && name && json::kind_of(*name) == json::kind::number;
}

packet through_msgpack(const packet& p) {
  socketio::decoder d(tight_limits());
  auto r = d.on_message(socketio::encode_msgpack(p), true);
  require(r && *r, "encoded msgpack decodes");
  return std::move(**r);
}

void check_msgpack(const packet& p) {
  if (named_by_number(p))
    return; // 1e999 is one, and becomes null
  const auto once = through_msgpack(p);
  require(once.type == p.type && once.nsp == p.nsp && once.id == p.id, "msgpack keeps the head");
  require(through_msgpack(once) == once, "msgpack twice is msgpack once");
  if (p.attachments.empty() && nlohmann::json::accept(p.data))
    require(nlohmann::json::parse(once.data) == nlohmann::json::parse(p.data), "msgpack keeps the data");
}

/// Segments and headers fill the wire without a gap.
void check_frame(const packet& p, socketio::parser format) {
  const auto f = build_frame(p, format, {.deflate = true, .deflate_threshold = 64});
  require(
    f->segments().size() == (format == socketio::parser::json ? 1 + p.attachments.size() : 1), "a segment a message");
  std::size_t end = 0;
  for (const auto& s : f->segments()) {
    require(s.offset == end + (s.size <= 125 ? 2 : s.size <= 0xffff ? 4 : 10), "segments are contiguous");
    end = s.offset + s.size;
  }
  require(end == f->wire().size(), "the wire ends with its last segment");
}

} // namespace

const limits& tight_limits() {
  static const limits l = [] {
    limits out;
    out.max_json_depth = 8;
    out.max_attachments = 3;
    out.max_event_name_bytes = 32;
    return out;
  }();
  return l;
}

void check_packet(const packet& p) {
  check_form(p);
  check_text(p);
  check_msgpack(p);
  check_frame(p, socketio::parser::json);
  check_frame(p, socketio::parser::msgpack);
}

} // namespace troupe::fuzz
