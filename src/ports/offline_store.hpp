#pragma once
// Direct messages to users who are away, kept outside the node that keeps their presence, so that they outlive it.

#include "base/error.hpp"
#include "core/presence/waiting.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace troupe::ports {

using presence::pushed;
using presence::queue_bounds;
using presence::queue_content;
using presence::waiting;

/// Guarantees: calls for one user by one object are carried out in the order of the calls; a message is in the queue once `push` has
/// said so, until it is removed, too old, or gives way to newer ones. `done` comes once, on any thread, maybe before the call returns;
/// the error is `offline_unavailable`, after which the call may or may not have been carried out. Any thread; never blocks.
class offline_store {
 public:
  template <class T>
  using answer = std::function<void(result<T>)>;

  virtual ~offline_store() = default;

  /// Behind everything that waits for the user. The message alone is not larger than `most.max_bytes`.
  virtual void push(const std::string& user, waiting what, const queue_bounds& most, answer<pushed> done) = 0;
  /// What waits and is younger than `most.ttl`.
  virtual void read(const std::string& user, const queue_bounds& most, answer<queue_content> done) = 0;
  /// These wait no longer. Gives how many did.
  virtual void remove(const std::string& user, std::vector<std::string> ids, answer<std::size_t> done) = 0;
  /// A device of the user was given everything up to this id; it stays for the others. False: it was given more before.
  virtual void mark(const std::string& user, const std::string& device, const std::string& id, const queue_bounds& most, answer<bool> done) = 0;
};

} // namespace troupe::ports
