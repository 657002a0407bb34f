#pragma once

#include "base/time.hpp"

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

namespace troupe::actors {

/// Messages that this node's homes have placed and cannot hand over, because their log does not answer: since when. Sessions must not
/// be told meanwhile that everything that was placed before has reached them. Any thread.
class late_appends {
 public:
  /// An append is asked for. Gives its number.
  std::uint64_t begin(unix_ms now);
  /// And was answered; false: by an error, so that what it held still waits.
  void end(std::uint64_t number, bool done, unix_ms now);
  /// Everything placed before then is on its way; nothing: so is everything that is older than `patience`.
  std::optional<unix_ms> since(unix_ms now) const;

  static constexpr unix_ms patience = 300;
  /// A room whose append has failed tries again within 250 ms; then its messages need a moment to their members.
  static constexpr unix_ms linger = 1'500;

 private:
  static constexpr unix_ms never = std::numeric_limits<unix_ms>::max();

  std::mutex lock_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, unix_ms> asked_;     ///< not answered: number -> when
  std::atomic<unix_ms> oldest_{never};         ///< of these
  std::atomic<unix_ms> failed_since_{never};   ///< when the first one was asked for that went wrong, or was late
  std::atomic<unix_ms> failed_until_{0};       ///< until then that counts
};

} // namespace troupe::actors
