#pragma once
// What a run found out.

#include "load/check/room_order.hpp"
#include "load/client/crowd.hpp"
#include "load/measure/histogram.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::load {

/// How the connections came in.
struct ramp_result {
  double seconds = 0; ///< from the first start to the last one that became live
  std::uint64_t established = 0;
  phase_times phases;
  double server_cpu_s = 0;
  double generator_cpu_s = 0;
};

/// What was counted between the end of the warm-up and the end of the run.
struct window_result {
  double seconds = 0;
  std::uint64_t publishes = 0;
  std::uint64_t deliveries = 0; ///< messages received; with echo: replies
  std::uint64_t skipped = 0;    ///< due, but the server had not read what was sent before (open loop)
  histogram latency;            ///< of deliveries
  histogram send_lag;           ///< how late the generator itself was (open loop)
  double server_cpu_s = 0;
  double generator_cpu_s = 0;
  std::uint64_t reads = 0;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t pings = 0;
};

struct memory_result {
  std::int64_t before_kb = 0; ///< before the first connection
  std::int64_t after_ramp_kb = 0;
  std::int64_t end_kb = 0;                              ///< before the connections were closed
  std::vector<std::pair<double, std::int64_t>> samples; ///< every 10 seconds: seconds since the start, KB
};

/// One cut of all connections.
struct storm_result {
  std::uint64_t cut = 0;
  double seconds = 0; ///< until all were back
  bool all_back = false;
  histogram back; ///< per connection
  double server_cpu_s = 0;
};

struct churn_result {
  std::uint64_t left = 0;         ///< by the leave event
  std::uint64_t disconnected = 0; ///< by closing the connection
  std::uint64_t came_back = 0;
};

struct run_result {
  std::string started_at; ///< ISO 8601, UTC
  bool interrupted = false;
  connection_counts connections;
  ramp_result ramp;
  std::optional<window_result> window;
  order_counts check;
  std::uint64_t refused = 0; ///< events that the server answered with an error
  std::uint64_t stalled = 0; ///< messages given up on because somebody did not get them in time (closed loop)
  std::string first_refusal;
  std::optional<churn_result> churn;
  std::vector<storm_result> storms;
  std::vector<int> server_pids;
  memory_result memory;

  /// Nothing lost, doubled, reordered or refused, and every connection came in and stayed.
  bool good() const;
};

} // namespace troupe::load
