#pragma once

#include "actors/presence_messages.hpp"
#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors {

/// A direct message on its way from the user's home to sockets on other nodes.
struct under_way {
  presence_direct what;
  presence::dispatched place;
  std::string name;                     ///< by which these nodes know it again
  std::set<cluster::node_ref> awaited;  ///< that have not said that they have it
  bool taken = false;                   ///< a socket has it
  std::vector<presence_direct> repeats; ///< under the same id
  time_point until;
};

/// By the token under which nodes confirm them, which grows.
using deliveries = std::map<std::uint64_t, under_way>;

} // namespace troupe::actors
