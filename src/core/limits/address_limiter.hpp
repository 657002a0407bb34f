#pragma once

#include "core/limits/token_bucket.hpp"

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace troupe {

/// What counts as one address: an IPv4 address, or the /64 of an IPv6 address, since one host chooses freely within its /64.
/// IPv4 written as IPv6 (`::ffff:1.2.3.4`) is IPv4. Text that is no address stands for itself.
std::string address_key(std::string_view address);

/// A token bucket per address (limits.connects_per_minute). The table is bounded: when it is full, the address that was seen
/// least recently leaves and would start with a full bucket. One thread at a time; shards that share one guard it themselves.
class address_limiter {
 public:
  /// `max_addresses` as limits.max_tracked_addresses, at least 1. `per_minute` 0: never refuses and remembers nobody.
  address_limiter(double per_minute, double burst, std::size_t max_addresses);

  /// One connection from `address` (text, as in the handshake): allowed or not.
  bool take(std::string_view address, time_point now);
  std::size_t tracked() const { return by_key_.size(); }

 private:
  struct entry {
    std::string key;
    token_bucket bucket;
  };
  token_bucket& bucket_of(std::string key);

  double per_minute_;
  double burst_;
  std::size_t max_addresses_;
  std::list<entry> recent_; ///< most recently seen first; nodes never move, so the index may point into them
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_key_;
};

} // namespace troupe
