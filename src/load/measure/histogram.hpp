#pragma once

#include <cstdint>
#include <vector>

namespace troupe::load {

/// Counts values between 0 and 2^42 (nanoseconds: more than an hour) in buckets that are at most 0.8 % wide: one power
/// of two is split into 128 equal parts. Recording costs a few instructions and never allocates.
class histogram {
 public:
  histogram();

  /// Values beyond the range count as its end, negative ones as 0.
  void record(std::int64_t value);
  void add(const histogram& other);

  std::uint64_t count() const { return count_; }
  std::int64_t min() const { return count_ ? min_ : 0; }
  std::int64_t max() const { return max_; }
  double mean() const;
  /// The value that `part` (0 to 1) of all recorded values do not exceed, up to the width of a bucket; 0 when empty.
  std::int64_t quantile(double part) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::int64_t min_ = INT64_MAX;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

} // namespace troupe::load
