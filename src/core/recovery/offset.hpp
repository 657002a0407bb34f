#pragma once
// The last argument of every event that can be recovered (Socket.IO, "Connection state recovery"). Clients keep that of the
// last event they got and show it when they come back. One frame serves all receivers, so it holds nothing about one of them.

#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/logic/effects.hpp"
#include "core/recovery/place.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::recovery {

struct offset {
  std::uint64_t room = 0;  ///< room_mark of the room that said it; 0: no room's message (see close_text)
  place at;                ///< the event's place in it
  /// Whatever any room's home had placed before then, by the home's clock, was handed to the session before this event.
  /// Without it nobody could tell what of other rooms the client has, once the session's own node is gone. If the event was
  /// `made_up`, this holds for what was made up for only.
  unix_ms settled = 0;
  /// The event was sent to make up for what a client missed, not to all members when it was said: the shard's journal
  /// (journal.hpp) knows nothing of when.
  bool made_up = false;
  std::uint16_t sender = 0; ///< sender_mark of the node that sent it: only that node's journals can say what came before

  bool operator==(const offset&) const = default;
};

/// 15 bits. Two nodes that one session has been on share it once in 32,768 times.
std::uint16_t sender_mark(cluster::node_ref node);

/// 40 characters of [A-Za-z0-9_-]. Epochs below 2^56, positions below 2^40, times below 2^48.
std::string encode(const offset& o);

/// Nothing unless `text` is what `encode` writes: clients also show a string that an event of the application happened to end
/// with.
std::optional<offset> decode_offset(std::string_view text);

/// The arguments of an event, with the offset as the last one.
logic::arguments with_offset(const logic::arguments& args, const offset& o);

/// Whether an event's data array ends with a text, its name included: clients take that for an offset, and forget theirs.
bool ends_in_text(std::string_view data);
/// The same array with an offset at its end that names no message: what clients then show says `settled` and nothing more.
std::string close_text(std::string data, unix_ms settled, std::uint16_t sender);

} // namespace troupe::recovery
