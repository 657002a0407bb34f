#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::presence {

/// A direct message that waits for its user.
struct waiting {
  std::string id;                      ///< its place in the queue, given by the queue (is_before)
  std::string name;                    ///< of whoever asked for it: the same one is not queued twice; empty: not known again
  std::string nsp;
  std::string data;                    ///< the event's data array as it will be sent
  std::vector<std::string> attachments;

  std::size_t bytes() const {
    auto n = data.size();
    for (auto& a : attachments)
      n += a.size();
    return n;
  }
};

/// Ids are numbers, or pairs of numbers as Redis Streams have them ("1718000000000-3"). The empty one is before all.
inline bool is_before(std::string_view a, std::string_view b) {
  const auto less = [](std::string_view x, std::string_view y) { return x.size() != y.size() ? x.size() < y.size() : x < y; };
  const auto first_a = a.substr(0, a.find('-')), first_b = b.substr(0, b.find('-'));
  return first_a != first_b ? less(first_a, first_b) : less(a, b);
}

/// How much waits for one user (section `offline` of the configuration).
struct queue_bounds {
  std::size_t max_messages = 100; ///< offline.max_messages; the oldest leaves
  std::size_t max_bytes = 1'000'000; ///< the oldest leave
  duration ttl{86'400'000};       ///< offline.ttl_s
  duration known_for{120'000};    ///< rooms.dedup_window_ms: how long names are known
  std::size_t max_devices = 32;   ///< of a user; that which has been away longest is forgotten
};

/// What waits for a user.
struct queue_content {
  std::vector<waiting> messages;                 ///< oldest first
  std::map<std::string, std::string> had;        ///< device -> the id up to which it was given everything
};

/// What became of a message that was to wait.
struct pushed {
  bool known = false;      ///< one of this name was queued before: nothing has changed
  std::size_t dropped = 0; ///< older ones that gave way
};

} // namespace troupe::presence
