#pragma once

#include "app/http/answer_counts.hpp"
#include "app/http/http_routes.hpp"
#include "app/http/process_usage.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::app {

/// What several groups of routes tell about the node. Any thread.
class node_facts {
 public:
  explicit node_facts(http_context c) : context(std::move(c)) {}

  const http_context context;
  std::atomic<node_state> state{node_state::starting};
  mutable process_gauge process;
  answer_counts answers;
  mutable std::atomic<bool> drain_asked{false}; ///< by an operator, who may take it back

  /// Whole seconds since the start.
  std::int64_t uptime_seconds() const;
  /// Before the node stops, or because an operator asked for it.
  bool draining() const { return drain_asked || state == node_state::draining; }
  cluster_facts cluster() const { return context.cluster ? context.cluster() : cluster_facts{}; }
  history_facts history() const { return context.history ? context.history() : history_facts{}; }
  std::uint64_t sessions_open() const;
  std::uint64_t sessions_opened() const;
  /// One sentence each; empty: the node is ready.
  std::vector<std::string> reasons_not_ready() const;
};

/// "starting", "ready" or "draining".
std::string_view to_string(node_state s);

} // namespace troupe::app
