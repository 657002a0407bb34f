#pragma once

#include <cstdint>
#include <deque>

namespace troupe::load {

/// What became of the requests of one connection.
class reply_order {
 public:
  struct reply {
    bool counts = false;   ///< answers a request that was still open
    bool known = false;    ///< there was such a request: when it does not count, this is a second answer
    bool overtook = false; ///< an earlier request is still open
    std::int64_t due_ns = 0;
  };

  /// Returns the request's number, from 0.
  std::uint32_t send(std::int64_t due_ns);
  reply receive(std::uint32_t number);
  /// Requests that have no answer.
  std::uint32_t open() const { return open_; }
  std::uint32_t sent() const { return first_ + static_cast<std::uint32_t>(requests_.size()); }

 private:
  struct request {
    std::int64_t due_ns;
    bool answered;
  };
  std::deque<request> requests_; ///< from the oldest open one on
  std::uint32_t first_ = 0;      ///< the number of the front
  std::uint32_t open_ = 0;
};

} // namespace troupe::load
