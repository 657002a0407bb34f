#pragma once
// The direct ways between nodes.

#include "core/cluster/link_data.hpp"

#include <string>
#include <string_view>

namespace troupe::ports {

using cluster::link_end;
using cluster::link_peer;

/// What happens on the links. Calls come on the links' own thread, in order; must not block.
class link_events {
 public:
  virtual ~link_events() = default;
  virtual void on_up(const link_peer& peer) = 0;
  /// A link that was up has ended; or (`refused`) an attempt to reach a peer was refused, once per attempt.
  virtual void on_down(const link_peer& peer, link_end why) = 0;
  /// One message, whole, in the order of its sending; `bytes` are valid during the call.
  virtual void on_message(const link_peer& peer, std::string_view bytes) = 0;
};

/// One connection to each peer, mutually authenticated and encrypted by the cluster's secret, kept up by reconnecting.
///
/// Order: what one thread sends to one peer arrives in order, nothing twice. A link that ends loses what was on the way and
/// says so by `on_down`; what is sent until the next `on_up` goes nowhere. Incarnations are part of a peer's name: a restarted
/// node is another peer. Any thread; never blocks.
class links {
 public:
  virtual ~links() = default;
  /// Keeps a link to this peer from now on.
  virtual void want(const link_peer& peer, const std::string& host, std::uint16_t port) = 0;
  /// And no longer: a link that is up ends with `left`.
  virtual void forget(const std::string& node) = 0;
  /// False when the link is not up; the message is gone then.
  virtual bool send(const std::string& node, std::string bytes) = 0;
};

} // namespace troupe::ports
