#pragma once

#include "backends/redis/client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::redis {

/// How many replicas of each server are to have a write, and how long that may take.
struct replica_demand {
  std::size_t replicas = 0;
  duration at_most{100}; ///< less than options::timeout
};

struct replica_metrics {
  using counter = metrics::counter;
  counter waiting{0}; ///< gauge: writes that wait for the group before theirs
  counter asked{0};   ///< times that replicas were asked
  counter missed{0};  ///< of these, those without a yes in time
};

/// Writes that are answered when replicas have them, too, or do not get them in time.
///
/// WAIT holds its connection up. So these writes have a client of their own, and go out in groups with one WAIT behind each: what comes
/// meanwhile is the next group. Replicas that are late are left alone for a while, in which writes are answered as soon as Redis has
/// them: rooms must not stand still for their replicas.
class replica_groups {
 public:
  /// `on_replicas`: known to be on as many as demanded.
  using done = std::function<void(result<answer>, bool on_replicas)>;

  /// `c` is nobody else's.
  replica_groups(std::shared_ptr<client> c, replica_demand d);
  /// As client::end.
  ~replica_groups();
  void end();

  /// In the order of the calls. `d` comes on the client's thread, or, with `redis_busy`, before this returns. Any thread.
  void run(const script& s, std::string key, std::vector<std::string> arguments, done d);
  const replica_metrics& counters() const;

 private:
  struct shared;
  std::shared_ptr<shared> shared_;
};

} // namespace troupe::redis
