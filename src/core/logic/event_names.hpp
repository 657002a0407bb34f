#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::logic {

/// Section `events.names`: built-in event -> the name used instead; "" switches an event that clients send off.
using name_map = std::map<std::string, std::string>;

/// The events that clients send and Troupe answers by itself (docs/events.md).
std::span<const std::string_view> builtin_events();
/// The events that the built-in ones emit and that may be renamed as well: `message:new`, `new_message`.
std::span<const std::string_view> renamable_emits();

/// What `builtin` is called here: its own name unless the map says otherwise.
std::string used_name(const name_map& names, std::string_view builtin);

/// Names that Socket.IO keeps for itself (connect, disconnect, newListener, ...): a client library refuses to send them and
/// must never receive them.
bool is_reserved_event(std::string_view name);

/// A mistake in a setting: where, and one sentence. `field` is the key below the section.
struct setting_problem {
  std::string field;
  std::string message;
};

/// Unknown keys, reserved or doubled names, names longer than `max_bytes`.
std::vector<setting_problem> validate_names(const name_map& names, std::size_t max_bytes);

} // namespace troupe::logic
