#pragma once
// What was said in a room, in order, kept outside the node. The log is also the fence: it refuses a home that was overtaken.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/room/place.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::ports {

using log_position = room::place;
/// Behind every entry.
constexpr log_position log_end{UINT64_MAX, UINT64_MAX};

struct log_entry {
  log_position at;
  std::string bytes; ///< opaque to the log
};

/// How long a room's log is kept: the oldest entries leave when there are more than about `max_entries`, and the whole log
/// `ttl` after its last entry.
struct log_keep {
  std::size_t max_entries = 1'000;
  duration ttl{86'400'000};
};

struct appended {
  bool taken = false; ///< false: the log ends at or beyond this position; nothing was written
  log_position last;  ///< where the log ends after the call; exact only when not taken
  /// The log as it is now, what was there before included, is on as many replicas as the log was told to ask. An append of nothing asks, too.
  bool replicated = false;
};

/// Guarantees: an append is taken only if its position is beyond the log's end; appends to one room, and its removal, by one object
/// are carried out in the order of the calls. `done` as in registry.hpp; the error is `log_unavailable`, after which an append may or may
/// not have happened: repeat it, then `taken == false` with an equal entry at that position means that it had. Any thread;
/// never blocks.
class room_log {
 public:
  template <class T>
  using answer = std::function<void(result<T>)>;

  virtual ~room_log() = default;

  /// `room` is a key of core/room/room_key.hpp. All entries or none; positions grow.
  virtual void append(const std::string& room, std::vector<log_entry> entries, log_keep keep, answer<appended> done) = 0;
  /// Entries beyond `after`, oldest first, at most `limit`.
  virtual void read(const std::string& room, log_position after, std::size_t limit, answer<std::vector<log_entry>> done) = 0;
  /// The newest entries before `before`, oldest first, at most `limit`.
  virtual void tail(const std::string& room, log_position before, std::size_t limit, answer<std::vector<log_entry>> done) = 0;
  /// Takes all entries away, unless the log goes on beyond `up_to`: then somebody else has the room. Where the log ended is remembered
  /// until it expires, so that the fence stands. False: nothing was taken away.
  virtual void remove(const std::string& room, log_position up_to, answer<bool> done) = 0;
};

} // namespace troupe::ports
