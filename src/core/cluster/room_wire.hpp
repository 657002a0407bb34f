#pragma once

#include "core/cluster/room_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::cluster {

/// Appends the message's bytes.
void encode(std::string& out, const replica_message& m);
/// The same bytes as of `submit{epoch, previous, op}` and `ordered{epoch, m}`, without the copy.
void encode_submit(std::string& out, std::uint64_t epoch, std::uint64_t previous, const room_op& op);
void encode_ordered(std::string& out, std::uint64_t epoch, const room_message& m);
/// Whether these bytes begin a message that a home must have, even for a room that nobody is in yet: `follow` or `submit`.
bool needs_home(std::string_view bytes);
/// Nothing when the bytes are not exactly one message.
std::optional<replica_message> decode_replica_message(std::string_view bytes);

/// As an entry of the room's log.
std::string encode_entry(const room_message& m);
/// Null when the bytes are none. An empty entry is a fence and has no message.
message_ptr decode_entry(std::string_view bytes);

} // namespace troupe::cluster
