#pragma once

#include "app/config.hpp"
#include "backends/memory/memory_offline_store.hpp"
#include "backends/memory/memory_room_log.hpp"
#include "backends/memory/memory_session_store.hpp"

namespace troupe::app {

/// What a node that is alone keeps in its own memory, in place of Redis.
struct memory_backends {
  explicit memory_backends(const config& c) : sessions({c.recovery.window, c.recovery.max_sessions}), offline(c.offline.max_users) {}

  memory::memory_room_log log{std::make_shared<memory::memory_store>()};
  memory::memory_session_store sessions;
  memory::memory_offline_store offline;
};

} // namespace troupe::app
