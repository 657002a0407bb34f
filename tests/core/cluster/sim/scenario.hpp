#pragma once
// Random trouble for a cluster, all from one seed.

#include "core/cluster/sim/world.hpp"

namespace troupe::sim {

struct scenario_options {
  world_options world;
  std::size_t most_nodes = 6;
  int most_faults = 7;
  store_bugs bugs;
};

struct scenario_result {
  std::vector<std::string> problems;
  std::vector<std::string> story; ///< the faults, in their order
  std::uint64_t claims = 0;       ///< slots granted
  std::uint64_t moves_allowed = 0;
  std::uint64_t messages = 0;
};

/// Starts a cluster, breaks it in several ways for some seconds, heals it, lets it rest, and has the checker look.
scenario_result play(const scenario_options& o, std::uint64_t seed);

} // namespace troupe::sim
