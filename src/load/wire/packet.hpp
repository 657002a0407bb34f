#pragma once
// What a server's text message is, as far as the generator needs to know.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::load {

enum class packet_kind : std::uint8_t { open, ping, connect, connect_error, disconnect, event, ack, other };

struct packet {
  packet_kind kind = packet_kind::other;
  std::optional<std::uint64_t> id; ///< of an ack
  std::string_view data;           ///< the JSON behind it
};

/// Reads the packet of one namespace; packets of others are `other`. `nsp_prefix` is empty for `/`, else `/name,`.
packet read_packet(std::string_view text, std::string_view nsp_prefix);

/// `/admin,` for `/admin`, nothing for `/`.
std::string namespace_prefix(std::string_view nsp);

/// Whether `data`, the JSON of an ack, says `{"ok": false`: Troupe's refusals. Other servers' acks never do.
bool is_refusal(std::string_view data);

} // namespace troupe::load
