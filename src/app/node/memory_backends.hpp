#pragma once

#include "app/config.hpp"
#include "backends/memory/memory_room_log.hpp"
#include "backends/memory/memory_session_store.hpp"

namespace troupe::app {

/// What a node that is alone keeps in its own memory, in place of Redis.
struct memory_backends {
  explicit memory_backends(const recovery_config& c) : sessions({c.window, c.max_sessions}) {}

  memory::memory_room_log log{std::make_shared<memory::memory_store>()};
  memory::memory_session_store sessions;
};

} // namespace troupe::app
