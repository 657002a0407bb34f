#pragma once

#include "actors/presence_messages.hpp"
#include "core/presence/queued_delivery.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

/// What a presence has to do with its user's queue, and must remember of it. Most users need none.
struct queue_work {
  queue_work(bool unknown, std::uint64_t& tokens, bool each_device) : delivery(unknown, tokens, each_device) {}

  struct pushing {
    presence_direct what;
    presence::dispatched place;
    std::string name;
    std::vector<presence_direct> repeats;
  };
  presence::queued_delivery delivery;
  std::deque<presence_direct> held;         ///< newer than what is being given
  std::map<std::uint64_t, pushing> pushes;  ///< token -> on its way into the queue
  std::deque<std::pair<std::string, session_ref>> had; ///< ids of what sockets of this node were given

  bool under_way() const { return delivery.busy() || !held.empty() || !pushes.empty(); }
};

} // namespace troupe::actors
