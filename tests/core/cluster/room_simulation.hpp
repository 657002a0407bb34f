#pragma once
// A room on several nodes in virtual time: links that delay, break and come back, nodes that crash and stop for a while, a log that is
// away. Everything follows from one seed. What the members saw is judged afterwards.

#include "core/cluster/room_replica.hpp"
#include "core/cluster/room_wire.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace troupe::cluster::simulation {

struct plan {
  unsigned seed = 0;
  unsigned nodes = 3;
  bool logged = true;
  bool crashes = false, pauses = false, cuts = false, log_outages = false;
  bool replica_outages = false; ///< the log has replicas, which come and go
  bool rests = false;         ///< the last node has no member: its replica, when nobody needs it, ends and is made again
  unsigned rounds = 40;       ///< faults or quiet steps, of about 100 ms each
  // Seeded bugs, which the judge must find:
  bool no_fence = false;      ///< the log takes everything
  bool shortcut = false;      ///< members of the publisher's node get a message before it has its place
  bool no_dedup = false;      ///< an operation that is sent again is not known as the one before
  bool same_numbers = false;  ///< a replica that is made again numbers its operations from the beginning
  bool boastful = false;      ///< the log says that its replicas have everything, whether they do or not
};

struct verdict {
  std::vector<std::string> faults;   ///< broken promises, in words
  unsigned acked = 0, delivered = 0, moves = 0, refused = 0, rests = 0;
  std::array<unsigned, 3> levels{};  ///< acks by the level that they name
  std::uint64_t diverged = 0;
};

verdict run(const plan& p);

} // namespace troupe::cluster::simulation
