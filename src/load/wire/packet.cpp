#include "load/wire/packet.hpp"

#include <charconv>

namespace troupe::load {
namespace {

packet_kind kind_of(char type) {
  switch (type) {
  case '0': return packet_kind::connect;
  case '1': return packet_kind::disconnect;
  case '2': return packet_kind::event;
  case '3': return packet_kind::ack;
  case '4': return packet_kind::connect_error;
  default: return packet_kind::other;
  }
}

packet read_message(std::string_view text, std::string_view nsp_prefix) {
  packet out{kind_of(text[0]), std::nullopt, {}};
  text.remove_prefix(1);
  // A packet without data may leave out the comma.
  if (!nsp_prefix.empty() && text == nsp_prefix.substr(0, nsp_prefix.size() - 1))
    text = {};
  else if (text.starts_with(nsp_prefix) && (!nsp_prefix.empty() || !text.starts_with('/')))
    text.remove_prefix(nsp_prefix.size());
  else
    return {};
  std::uint64_t id = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure == std::errc{}) {
    out.id = id;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  }
  out.data = text;
  return out;
}

} // namespace

packet read_packet(std::string_view text, std::string_view nsp_prefix) {
  if (text.empty())
    return {};
  if (text[0] == '4' && text.size() >= 2)
    return read_message(text.substr(1), nsp_prefix);
  if (text[0] == '0')
    return {packet_kind::open, std::nullopt, text.substr(1)};
  return {text[0] == '2' ? packet_kind::ping : packet_kind::other, std::nullopt, {}};
}

std::string namespace_prefix(std::string_view nsp) {
  return nsp.empty() || nsp == "/" ? "" : std::string(nsp) + ",";
}

bool is_refusal(std::string_view data) {
  return data.starts_with(R"([{"ok":false)") || data.starts_with(R"([{"ok": false)");
}

} // namespace troupe::load
