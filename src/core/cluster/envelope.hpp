#pragma once
// The outside of every message between nodes: what it is for.

#include "core/cluster/wire.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::cluster {

enum class addressee : std::uint8_t {
  node,     ///< the node's own business (node_messages.hpp); the key is empty
  room,     ///< the replica of the room with this key (room_wire.hpp)
  presence, ///< the replica of this user's presence
  wide,     ///< everything on the node that a selection names (wide_wire.hpp); the key is empty
  query,    ///< a question, or a part of an answer (query_wire.hpp); the key is empty
  doctor,   ///< a check of the store (doctor.hpp); the key is empty
  placed    ///< what the sender's homes placed before the unix time (ms) that the payload is was sent before this
};

struct envelope {
  addressee to = addressee::node;
  std::string_view key;
  std::string_view payload;
};

inline std::string sealed(addressee to, std::string_view key, std::string_view payload) {
  std::string out;
  out.reserve(key.size() + payload.size() + 8);
  wire::put(out, static_cast<std::uint64_t>(to));
  wire::put(out, key);
  return out.append(payload);
}

/// Views into `bytes`; nothing when they are no envelope.
inline std::optional<envelope> opened(std::string_view bytes) {
  wire::reader in(bytes);
  envelope e;
  e.to = static_cast<addressee>(in.number(6));
  e.key = in.text();
  e.payload = in.rest();
  if (!in.ok())
    return std::nullopt;
  return e;
}

} // namespace troupe::cluster
