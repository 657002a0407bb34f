#pragma once

#include "core/presence/waiting.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace troupe::presence {

/// Direct messages to one user who is away, oldest first, as memory keeps them. Bounded by count, bytes and age; the oldest gives way.
class offline_queue {
 public:
  /// Gives the message its id and returns how many older ones were dropped for it. It is not larger than the queue may be.
  std::size_t push(waiting message, const queue_bounds& most, time_point now);
  /// What is not too old.
  std::vector<waiting> list(time_point now);
  /// How many were there.
  std::size_t remove(const std::vector<std::string>& ids);
  bool empty(time_point now);
  bool mark(const std::string& device, const std::string& id, std::size_t max_devices);
  const std::map<std::string, std::string>& had() const { return had_; }

 private:
  struct kept {
    waiting what;
    time_point until;
  };
  void drop_oldest();
  void expire(time_point now);

  std::list<kept> messages_;
  std::size_t bytes_ = 0;
  std::uint64_t last_id_ = 0;
  std::map<std::string, std::string> had_; ///< device -> last id
};

} // namespace troupe::presence
