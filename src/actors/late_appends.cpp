#include "actors/late_appends.hpp"

#include <algorithm>

namespace troupe::actors {

std::uint64_t late_appends::begin(unix_ms now) {
  std::lock_guard hold(lock_);
  asked_.emplace_hint(asked_.end(), ++last_, now);
  oldest_.store(std::min(asked_.begin()->second, now), std::memory_order_relaxed);
  return last_;
}

void late_appends::end(std::uint64_t number, bool done, unix_ms now) {
  std::lock_guard hold(lock_);
  const auto asked = asked_.extract(number);
  if (!asked)
    return;
  const bool late = now - asked.mapped() > patience;
  if (!done || late) {
    const bool again = failed_until_.load(std::memory_order_relaxed) > now;
    failed_since_.store(again ? std::min(failed_since_.load(std::memory_order_relaxed), asked.mapped()) : asked.mapped(),
                        std::memory_order_relaxed);
    failed_until_.store(now + linger, std::memory_order_release);
  }
  oldest_.store(asked_.empty() ? never : asked_.begin()->second, std::memory_order_release);
}

std::optional<unix_ms> late_appends::since(unix_ms now) const {
  // In this order: what leaves the list is among those that went wrong before.
  const auto oldest = oldest_.load(std::memory_order_acquire);
  auto least = oldest != never && now - oldest > patience ? oldest : never;
  if (failed_until_.load(std::memory_order_acquire) > now)
    least = std::min(least, failed_since_.load(std::memory_order_relaxed));
  return least == never ? std::nullopt : std::optional(least);
}

} // namespace troupe::actors
