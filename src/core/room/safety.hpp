#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::room {

/// How safe a message is when its publisher hears of it; each holds what the one before holds.
enum class safety : std::uint8_t {
  home,      ///< the home has ordered it and given it to every node with members
  stored,    ///< and the room's log holds it
  replicated ///< and so do as many replicas of the log as `rooms.history.replicas` says
};

inline constexpr std::array<std::string_view, 3> safety_words{"home", "stored", "replicated"};

constexpr std::string_view to_string(safety s) { return safety_words[static_cast<std::size_t>(s)]; }

/// Nothing for another word.
constexpr std::optional<safety> safety_of(std::string_view word) {
  for (std::size_t i = 0; i < safety_words.size(); ++i)
    if (safety_words[i] == word)
      return static_cast<safety>(i);
  return std::nullopt;
}

} // namespace troupe::room
