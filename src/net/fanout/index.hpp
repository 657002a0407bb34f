#pragma once
// Which sessions of this shard are members of which room: the fan-out index.

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::net {

/// Rooms by key, sessions by slot number. Joining, leaving and one step of an enumeration cost constant time (leaving: the
/// number of rooms of one session). One thread. Memory: 16 bytes per membership and side.
class fanout_index {
 public:
  void join(std::string_view room, std::uint32_t slot);
  void leave(std::string_view room, std::uint32_t slot);
  /// The session is gone.
  void leave_all(std::uint32_t slot);

  struct member { std::uint32_t slot; std::uint32_t back; };
  struct roster {
    std::string key;
    std::vector<member> members; ///< in no order; `back`: index of this membership in of_[slot]
    std::uint32_t broadcasts = 0; ///< the shard's business: how many it still has to carry out in this round
  };
  /// Null for a room without members here. Valid until the next change.
  roster* find(std::string_view room);
  /// Its members; empty for an unknown room.
  const std::vector<member>& members(std::string_view room);

  std::size_t rooms() const { return rooms_.size(); }

 private:
  struct membership { roster* room; std::uint32_t position; };
  struct key_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };

  void remove(std::uint32_t slot, std::uint32_t back);
  std::vector<membership>& of(std::uint32_t slot);

  boost::unordered_flat_map<std::string, std::unique_ptr<roster>, key_hash, std::equal_to<>> rooms_;
  std::vector<std::vector<membership>> of_;
};

} // namespace troupe::net
