#pragma once
// The objects that watchers and senders see.

#include "core/presence/presence_model.hpp"

#include <string>
#include <string_view>

namespace troupe::presence {

/// `{"userId":..,"status":..,"lastSeen":ms or null}` of `presence:update` and of the ack to `presence:subscribe`.
std::string state_text(std::string_view user, const state& s);
/// What such a text says of that; nothing if it is none.
std::optional<unix_ms> last_seen_in(std::string_view state_text);
/// `{"userId":..}` of `user_online`.
std::string online_text(std::string_view user);
/// `{"userId":..,"lastSeen":ms or null}` of `user_offline`.
std::string offline_text(std::string_view user, const state& s);
/// `{"id":..,"status":..}` of `message:sent`.
std::string sent_text(std::string_view id, std::string_view status);

} // namespace troupe::presence
