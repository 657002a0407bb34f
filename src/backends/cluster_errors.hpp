#pragma once
// The errors of the cluster's store, worded once for every backend. docs/errors.md lists them.

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe {

inline error node_id_taken(const std::string& id) {
  return error{"node_id_taken", "Another process, or an earlier one whose lease still lives, is node " + id
                                  + "; give each node its own server.node_id."};
}

inline error node_number_taken(std::uint16_t number, const std::string& by) {
  return error{"node_number_taken", "Node " + by + " has the number " + std::to_string(number) + "; take another one."};
}

inline error wrong_slot_count(std::size_t there, std::size_t here) {
  return error{"wrong_slot_count", "The cluster was made with " + std::to_string(there) + " slots, this node has "
                                     + std::to_string(here) + "; all nodes need the same number."};
}

inline error slot_pinned(const std::string& room, const std::string& node) {
  return error{"slot_pinned", "Room " + room + " lives in the same slot and is pinned to node " + node
                                + "; unpin it first, or pin both to one node."};
}

inline error registry_unavailable(const std::string& why) {
  return error{"registry_unavailable", "The registry did not answer: " + why + "."};
}

inline error keys_unavailable(const std::string& why) {
  return error{"keys_unavailable", "The keys for other programs could not be written or read: " + why + "."};
}

inline error log_unavailable(const std::string& why) {
  return error{"log_unavailable", "The log of the rooms did not answer: " + why + "."};
}

inline error sessions_unavailable(const std::string& why) {
  return error{"sessions_unavailable", "The store of the sessions did not answer: " + why + "."};
}

inline error offline_unavailable(const std::string& why) {
  return error{"offline_unavailable", "The message could not be kept for its user: " + why + "."};
}

inline error log_out_of_order() {
  return error{"log_out_of_order", "Positions of one append have to grow, beginning above 0-0."};
}

} // namespace troupe
