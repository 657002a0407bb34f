#include "core/recovery/offset.hpp"

#include "base/base64url.hpp"

namespace troupe::recovery {
namespace {

using offset_bytes = base64url::bytes<30>;

/// Tells offsets from texts that merely look like one, and is to change with the layout.
std::uint64_t check(const offset& o) {
  auto h = o.room ^ std::uint64_t{o.made_up} ^ std::uint64_t{o.sender} << 40 ^ o.at.epoch * 0x9e3779b97f4a7c15 ^ (o.at.seq << 20) ^ static_cast<std::uint64_t>(o.settled) * 0xff51afd7ed558ccd;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53;
  return h >> 48;
}

} // namespace

std::uint16_t sender_mark(cluster::node_ref node) {
  const auto h = (node.incarnation ^ std::uint64_t{node.number} << 48) * 0x9e3779b97f4a7c15;
  return static_cast<std::uint16_t>(h >> 49);
}

std::string encode(const offset& o) {
  offset_bytes bytes;
  bytes.put(check(o), 2).put(std::uint64_t{o.sender} << 1 | std::uint64_t{o.made_up}, 2).put(o.room, 8).put(o.at.epoch, 7).put(o.at.seq, 5);
  bytes.put(static_cast<std::uint64_t>(o.settled), 6);
  return bytes.text();
}

std::optional<offset> decode_offset(std::string_view text) {
  auto bytes = offset_bytes::of(text);
  if (!bytes)
    return std::nullopt;
  const auto checked = bytes->get(2);
  offset o;
  const auto from = bytes->get(2);
  o.sender = static_cast<std::uint16_t>(from >> 1);
  o.made_up = from & 1;
  o.room = bytes->get(8);
  o.at.epoch = bytes->get(7);
  o.at.seq = bytes->get(5);
  o.settled = static_cast<unix_ms>(bytes->get(6));
  return checked == check(o) ? std::optional(o) : std::nullopt;
}

bool ends_in_text(std::string_view data) {
  constexpr std::string_view space = " \t\r\n";
  auto last = data.find_last_not_of(space);
  if (last == data.npos || last == 0 || data[last] != ']')
    return false;
  last = data.find_last_not_of(space, last - 1);
  return last != data.npos && data[last] == '"';
}

std::string close_text(std::string data, unix_ms settled, std::uint16_t sender) {
  data.resize(data.find_last_of(']'));
  return data.append(",\"").append(encode({0, {}, settled, false, sender})).append("\"]");
}

logic::arguments with_offset(const logic::arguments& args, const offset& o) {
  logic::arguments out{{}, args.attachments};
  out.json.reserve(args.json.size() + 3 + offset_bytes::chars);
  out.json = args.json;
  out.json.append(out.json.empty() ? "\"" : ",\"").append(encode(o)).push_back('"');
  return out;
}

} // namespace troupe::recovery
