#pragma once
// What the watchers of a user believe, node by node: the home of the user tells each node only what is news to it.

#include "core/cluster/node_ref.hpp"

#include <map>
#include <optional>
#include <string>

namespace troupe::presence {

/// What watchers were told last.
struct belief {
  bool online = false;
  std::string status;
  bool operator==(const belief&) const = default;
};

/// What watchers on a node must hear.
struct news {
  bool came_or_went = false; ///< `user_online` or `user_offline`
  bool update = false;       ///< `presence:update`
};

/// What is new in `now` to those who believe `before`; nothing: nobody knows what they believe.
news news_to(const std::optional<belief>& before, const belief& now);

class beliefs {
 public:
  /// As that node says of its watchers. Nothing: they were told nothing yet.
  void set(cluster::node_ref node, std::optional<belief> what);
  /// Nothing: nobody knows, or the watchers there differ.
  std::optional<belief> of(cluster::node_ref node) const;
  void forget(cluster::node_ref node) { by_node_.erase(node); }
  void clear() { by_node_.clear(); }

  /// One watcher on this node was answered; `first`: there was no other.
  void answered(cluster::node_ref node, const belief& with, bool first);
  /// The watchers on this node hear what comes back from here, and believe `now` from here on.
  news tell(cluster::node_ref node, const belief& now);

 private:
  std::map<cluster::node_ref, std::optional<belief>> by_node_; ///< nothing: watchers there differ
};

} // namespace troupe::presence
