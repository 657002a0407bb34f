#pragma once
// Rooms and users live in a fixed number of slots, so that finding and moving their homes costs the same however many there are.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::cluster {

inline constexpr std::uint16_t slot_count = 1'024;

/// A hash that is the same in every build and on every machine (FNV-1a with a finaliser).
std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0);

/// The slot of a room key (core/room/room_key.hpp) or of a user.
inline std::uint16_t slot_of(std::string_view key) { return static_cast<std::uint16_t>(stable_hash(key) % slot_count); }

/// Indexes of `nodes` (ids) from the one that a slot prefers to the last (rendezvous hashing): a node that comes or goes
/// moves only its own slots.
std::vector<std::size_t> preference(std::uint16_t slot, std::span<const std::string> nodes);

} // namespace troupe::cluster
