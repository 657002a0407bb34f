#pragma once

#include "app/config/load.hpp"

namespace troupe::app {

/// Runs a node until it is told to stop: starts the log, the actors and the shards, opens the port, waits for SIGTERM
/// or SIGINT, stops gracefully (a second signal ends at once). Called from the main thread, which it blocks. Returns
/// the exit code: 0 after a graceful stop, 1 when the node could not start (the reason is logged).
int run_node(const loaded& configuration);

} // namespace troupe::app
