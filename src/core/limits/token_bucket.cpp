#include "core/limits/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {
namespace {

constexpr double minute_ns = 60e9;
constexpr double longest_ns = 1e18; // about 30 years: keeps every sum within 64 bits

std::chrono::nanoseconds to_ns(double ns) {
  return std::chrono::nanoseconds(std::llround(std::clamp(ns, 0.0, longest_ns)));
}

} // namespace

token_bucket::token_bucket(double per_minute, double burst) {
  if (!(per_minute > 0))
    return;
  const double interval = minute_ns / per_minute;
  interval_ = std::max(to_ns(interval), std::chrono::nanoseconds(1));
  tolerance_ = to_ns(static_cast<double>(interval_.count()) * (std::max(burst, 1.0) - 1));
}

bool token_bucket::take(time_point now) {
  if (interval_.count() == 0)
    return true;
  const time_point full_at = std::max(full_at_, now);
  if (full_at - now > tolerance_)
    return false;
  full_at_ = full_at + interval_;
  return true;
}

duration token_bucket::wait(time_point now) const {
  if (full_at_ <= now || full_at_ - now <= tolerance_)
    return duration(0);
  return std::chrono::ceil<duration>(full_at_ - now - tolerance_);
}

} // namespace troupe
