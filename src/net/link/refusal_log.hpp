#pragma once
// Says once that a peer was refused, and why; a node that tries again every second must not fill the log.

#include "base/log.hpp"
#include "core/cluster/link_hello.hpp"

#include <set>
#include <string>
#include <utility>

namespace troupe::net {

/// One thread.
class refusal_log {
 public:
  /// `who`: a node's id, or the address of somebody who has not proved to be a node.
  void refused(const std::string& who, const std::string& address, cluster::link_refusal why) {
    if (first_time("<" + who, why))
      log::warn("link-refused", "peer={} address={} reason={}: {}", who, address, to_string(why), advice(why));
  }
  void refused_us(const std::string& who, const std::string& address, cluster::link_refusal why) {
    if (first_time(">" + who, why))
      log::warn("link-refused-by-peer", "peer={} address={} reason={}: {}", who, address, to_string(why), advice(why));
  }
  /// The peer is linked now: what goes wrong next is news.
  void forget(const std::string& node) {
    std::erase_if(said_, [&](auto& s) { return std::string_view(s.first).substr(1) == node; });
  }

 private:
  /// Beyond it nothing is said: whoever comes from so many addresses shows in the counters.
  static constexpr std::size_t max_said = 256;

  bool first_time(std::string who, cluster::link_refusal why) {
    return said_.size() < max_said && said_.emplace(std::move(who), why).second;
  }

  std::set<std::pair<std::string, cluster::link_refusal>> said_;
};

} // namespace troupe::net
