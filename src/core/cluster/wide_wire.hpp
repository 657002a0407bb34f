#pragma once
// What goes to every node: broadcasts without a room's order, and commands to sockets wherever they are.

#include "core/logic/effects.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cluster {

/// Which sockets of a namespace; as actors::selection.
struct wide_selection {
  std::string nsp;
  std::vector<std::string> rooms, except;
};

struct wide_message {
  enum class what : std::uint8_t { broadcast, join, leave, disconnect };
  what kind = what::broadcast;
  wide_selection to;
  std::string event;                ///< `broadcast`
  logic::arguments args;
  bool is_volatile = false;
  bool compress = true;
  std::vector<std::string> rooms;   ///< `join`, `leave`
  bool close_transport = false;     ///< `disconnect`
};

std::string encode(const wide_message& m);
/// Nothing when the bytes are not exactly one message.
std::optional<wide_message> decode_wide_message(std::string_view bytes);

} // namespace troupe::cluster
