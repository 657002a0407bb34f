#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace troupe {

/// A token bucket: `burst` tokens at first, `per_minute` new ones each minute, never more than `burst`. Nothing runs between
/// calls; the refill is worked out from the time of the call, in whole nanoseconds, so no drift adds up.
///
/// It keeps the moment at which the bucket would be full again instead of a number of tokens: the same rule (known as GCRA)
/// in three integers. One thread at a time.
class token_bucket {
 public:
  /// Never refuses.
  token_bucket() = default;
  /// `per_minute` <= 0: never refuses. `burst` below 1 counts as 1. Fractions of either are allowed.
  token_bucket(double per_minute, double burst);

  /// Takes a token, or says that there is none. A `now` before an earlier one refills nothing.
  bool take(time_point now);
  /// How long after `now` the next token comes; zero when there is one.
  duration wait(time_point now) const;

 private:
  std::chrono::nanoseconds interval_{0};  ///< between two tokens; 0: no limit
  std::chrono::nanoseconds tolerance_{0}; ///< how far `full_at_` may lie ahead before a token is taken
  time_point full_at_ = time_point::min();
};

} // namespace troupe
