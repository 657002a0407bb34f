#pragma once

#include "base/time.hpp"
#include "core/presence/presence_options.hpp"

#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace troupe::presence {

/// A direct message that waits for its user: the event's data array as it will be sent.
struct waiting {
  std::string nsp;
  std::string data;
  std::vector<std::string> attachments;
  time_point expires{};

  std::size_t bytes() const;
};

/// Direct messages to a user who is away, oldest first. Bounded by count, bytes and age; the oldest gives way.
class offline_queue {
 public:
  explicit offline_queue(const options& o) : options_(&o) {}

  /// Whether the message waits now (`taken`; not when it alone is larger than the queue may be), and how many older ones
  /// were dropped for it.
  struct pushed { bool taken = false; std::size_t dropped = 0; };
  pushed push(waiting message);

  /// Removes and returns what waits for one namespace, in order.
  std::vector<waiting> take(const std::string& nsp);
  /// Removes what is too old; returns how many.
  std::size_t expire(time_point now);
  std::optional<time_point> next_deadline() const;
  std::size_t size() const { return messages_.size(); }

 private:
  void drop_oldest();

  const options* options_;
  // A list, because most users' queues are empty and an empty deque owns half a kilobyte. One lifetime for all messages, so
  // the order of arrival is the order of expiry.
  std::list<waiting> messages_;
  std::size_t bytes_ = 0;
};

} // namespace troupe::presence
