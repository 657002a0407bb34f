#pragma once

#include "core/cluster/room_message.hpp"

#include <cstddef>

namespace troupe::cluster {

/// Bytes of a message's payload and names, as limits of memory and answers count them.
inline std::size_t bytes_of(const room_message& m) {
  std::size_t n = m.event.size() + m.args.json.size() + m.user.size() + m.id.size();
  for (auto& a : m.args.attachments)
    n += a.size();
  return n;
}

} // namespace troupe::cluster
