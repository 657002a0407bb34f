#pragma once

#include "core/cluster/room_replica.hpp"

#include <optional>

namespace troupe::actors {

/// What a room keeps when its actor fails: its place in the cluster and in the order of messages.
struct room_book {
  std::optional<cluster::room_replica> replica; ///< made by the room's first actor
  bool is_document = false;                      ///< counted in metrics::documents
};

} // namespace troupe::actors
