#include "app/http/node_facts.hpp"

#include "net/server.hpp"

namespace troupe::app {
namespace {

std::uint64_t sum(const net::server& server, net::metrics::counter net::metrics::* which) {
  std::uint64_t n = 0;
  for (std::uint16_t shard = 0; shard < server.shards(); ++shard)
    n += (server.counters(shard).*which).load(std::memory_order_relaxed);
  return n;
}

} // namespace

std::string_view to_string(node_state s) {
  switch (s) {
    case node_state::starting: return "starting";
    case node_state::ready: return "ready";
    case node_state::draining: return "draining";
  }
  return "unknown";
}

std::int64_t node_facts::uptime_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(clock::now() - context.started).count();
}

std::uint64_t node_facts::sessions_open() const { return sum(context.server, &net::metrics::sessions_open); }
std::uint64_t node_facts::sessions_opened() const { return sum(context.server, &net::metrics::sessions_opened); }

std::vector<std::string> node_facts::reasons_not_ready() const {
  std::vector<std::string> reasons;
  if (context.not_ready)
    reasons = context.not_ready();
  if (state == node_state::starting)
    reasons.emplace_back("the node is starting");
  if (state == node_state::draining)
    reasons.emplace_back("the node is draining: it takes no new connections");
  else if (drain_asked)
    reasons.emplace_back("the node is draining: an operator asked it to give its rooms away");
  return reasons;
}

} // namespace troupe::app
