#pragma once

#include "actors/actor_layer.hpp"
#include "troupe/broadcast_operator.hpp"

namespace troupe::embed {

/// How far the nodes have answered, as the library says it.
void set_reach(reach& to, const actors::reach& from);

/// A socket that was found on some node.
socket_info to_info(const actors::socket_summary& s);

} // namespace troupe::embed
