#pragma once

#include "core/logic/effects.hpp"
#include "core/logic/namespace_logic.hpp"
#include "core/logic/payload_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::logic {

/// What the built-in events and the rules need to know of the configuration.
struct event_settings {
  troupe::limits limits;
  std::size_t max_changes_bytes = 100'000; ///< documents.max_changes_bytes
  std::string message_new = "message:new";
  std::string new_message = "new_message";
};

/// One event on its way through a handler.
struct call {
  const socket_info& socket;
  const inbound_event& event;
  const event_settings& settings;
  std::uint64_t number; ///< differs for every event that this node handles

  payload_reader payload() const { return {event, settings.limits}; }
  /// For a message whose sender gave no id: unique, because socket ids are.
  std::string new_id() const { return socket.id + "." + std::to_string(number); }
};

/// Ids that clients give to messages and changes.
inline constexpr std::size_t max_id_bytes = 128;

/// Effects, or why the event is refused.
using handler = result<effects> (*)(const call&);

/// `{"ok":true}` as the answer to the client's ack.
reply ok();

} // namespace troupe::logic
