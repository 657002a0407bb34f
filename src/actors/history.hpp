#pragma once

#include "core/room/history_page.hpp"
#include "ports/room_log.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::actors {

class hub;

/// What a room's log holds of what was said there. `done` comes once, on any thread, maybe before the call returns. Errors:
/// `history_off`, `log_unavailable`. Any thread.
void read_history(const hub& h, const std::string& key, const room::history_query& q,
                  std::function<void(result<room::history_page>)> done);

/// Why nothing can be read of a room that keeps no history.
error history_off();

/// The messages among a log's entries; others are fences.
std::vector<cluster::message_ptr> messages_of(const std::vector<ports::log_entry>& entries);

} // namespace troupe::actors
