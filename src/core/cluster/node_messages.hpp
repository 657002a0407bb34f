#pragma once
// What the machines of nodes say to each other, over links or the bus.

#include "core/cluster/node_ref.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::cluster {

/// A slot and an epoch of it.
using slot_epoch = std::pair<std::uint16_t, std::uint64_t>;

/// Said every `node_options::gossip` to each linked peer.
struct gossip {
  bool registry_up = true;
  bool draining = false;
  std::uint64_t slots_version = 0; ///< of the registry, as last read
  std::uint16_t slots = 0;         ///< owned
  std::uint64_t company = 0;       ///< a digest of the nodes it knows: who knows others looks into the registry
};

struct named_node {
  std::string id;
  node_ref ref;
};

struct known_home {
  std::uint16_t slot = 0;
  std::uint64_t epoch = 0;
  std::uint16_t node = 0; ///< index into `homes::nodes`
};

/// The highest epochs that the sender knows of: all of them on a new link, single ones to who is behind.
struct homes {
  std::vector<named_node> nodes;
  std::vector<known_home> slots;
};

/// "I am the home of these slots now." To be answered by `reported` with the same number when all rooms have turned to it.
struct taken {
  std::uint64_t number = 0;
  std::vector<slot_epoch> slots;
};
struct reported {
  std::uint64_t number = 0;
};

/// "I end now, in order."
struct left {};

using node_message = std::variant<gossip, homes, taken, reported, left>;

/// A message with the life of its sender; the link or the bus names the sender's id.
struct node_letter {
  node_ref from;
  node_message body;
};

/// Epochs stay exactly representable in a double: Redis scripts and JavaScript clients count in those.
inline constexpr std::uint64_t max_epoch = (std::uint64_t{1} << 53) - 1;
inline constexpr std::size_t max_node_id = 256;

std::string encode(const node_letter& l);
/// Nothing when the bytes are not a whole letter within the limits: slots below `slot_count`, epochs to `max_epoch`, ids of
/// 1..`max_node_id` bytes, lists no longer than there are slots.
std::optional<node_letter> decode_node_letter(std::string_view bytes);

} // namespace troupe::cluster
