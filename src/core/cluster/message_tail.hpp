#pragma once

#include "base/time.hpp"
#include "core/cluster/room_message.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace troupe::cluster {

struct tail_options {
  std::size_t max_messages = 1'000;  ///< cluster.tail_messages, per room and node
  std::size_t max_bytes = 1'000'000; ///< of their payload
  duration max_age{10'000};          ///< longer than any operation waits
};

/// The last messages of a room, as one node delivered them: what a new home learns from those that are left, and what a
/// follower gets that was cut off for a moment.
class message_tail {
 public:
  explicit message_tail(const tail_options& o) : options_(&o) {}

  /// `m` is beyond everything in here.
  void push(message_ptr m, time_point now);
  void trim(time_point now);
  void clear();

  /// All with a place after `seq`, oldest first.
  std::vector<message_ptr> after(std::uint64_t seq) const;
  /// Whether nothing between `seq` and the newest is missing.
  bool reaches(std::uint64_t seq) const;
  /// Null when it is not in here.
  message_ptr find(std::uint64_t seq) const;
  message_ptr find(const origin& from) const;
  std::vector<message_ptr> all() const { return after(0); }
  bool empty() const { return kept_.empty(); }
  std::size_t size() const { return kept_.size(); }
  std::optional<time_point> next_deadline() const;

 private:
  struct entry {
    message_ptr what;
    time_point since;
  };
  void drop_oldest();

  const tail_options* options_;
  std::deque<entry> kept_;
  std::size_t bytes_ = 0;
};

} // namespace troupe::cluster
