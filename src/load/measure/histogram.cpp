#include "load/measure/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace troupe::load {
namespace {

constexpr int split_bits = 7;
constexpr std::int64_t largest = (std::int64_t{1} << 42) - 1;

/// Values below 256 have a bucket each; above, the upper eight bits choose it.
std::size_t bucket_of(std::int64_t value) {
  const auto v = static_cast<std::uint64_t>(value);
  const int shift = std::max(0, static_cast<int>(std::bit_width(v)) - split_bits - 1);
  return (static_cast<std::size_t>(shift) << split_bits) + static_cast<std::size_t>(v >> shift);
}

/// The largest value of a bucket.
std::int64_t end_of(std::size_t bucket) {
  const std::size_t shift = bucket < 256 ? 0 : (bucket >> split_bits) - 1;
  return static_cast<std::int64_t>(((bucket - (shift << split_bits) + 1) << shift) - 1);
}

} // namespace

histogram::histogram() : buckets_(bucket_of(largest) + 1) {}

void histogram::record(std::int64_t value) {
  value = std::clamp(value, std::int64_t{0}, largest);
  ++buckets_[bucket_of(value)];
  ++count_;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void histogram::add(const histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i)
    buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double histogram::mean() const {
  return count_ ? sum_ / static_cast<double>(count_) : 0;
}

std::int64_t histogram::quantile(double part) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(std::clamp(part, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > 0 && seen >= wanted)
      return std::clamp(end_of(i), min_, max_);
  }
  return 0;
}

} // namespace troupe::load
