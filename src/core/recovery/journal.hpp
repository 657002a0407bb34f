#pragma once
// What one shard has handed to its sessions lately, in order: by it a node that still lives can say what of its other rooms a
// client had before the last event that it got.

#include "core/recovery/place.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::recovery {

/// An event of a room.
struct said {
  std::uint64_t room = 0; ///< room_mark
  place at;

  bool operator==(const said&) const = default;
};

/// What a session's rooms had said before one event: of each room the last place, if the journal knows one.
using places_before = std::vector<std::optional<place>>;

/// The last `capacity` events of a shard; 24 bytes each. One thread.
class journal {
 public:
  explicit journal(std::size_t capacity) : capacity_(capacity) {}

  void add(const said& s) {
    if (capacity_ == 0)
      return;
    if (ring_.size() < capacity_)
      ring_.push_back(s);
    else
      ring_[next_] = s;
    next_ = next_ + 1 == capacity_ ? 0 : next_ + 1;
  }

  /// Of each of `rooms` (marks) what was said last before `event`; nothing when the event is not in here any more. Costs a walk
  /// through the journal until every room has been met.
  std::optional<places_before> before(const said& event, std::span<const std::uint64_t> rooms) const;

  std::size_t size() const { return ring_.size(); }

  /// For the time after the node's end. `decode` gives nothing for bytes that are no journal.
  std::string encode() const;
  static std::optional<journal> decode(std::string_view bytes);

 private:
  const said& ago(std::size_t n) const { return ring_[(next_ + ring_.size() - 1 - n) % ring_.size()]; }

  std::size_t capacity_;
  std::size_t next_ = 0; ///< where the next one goes
  std::vector<said> ring_;
};

} // namespace troupe::recovery
