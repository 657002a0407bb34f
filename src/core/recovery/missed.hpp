#pragma once
// What a client that comes back has missed: where each of its rooms is to go on, which messages these are, and in which order
// they are sent.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/room_message.hpp"
#include "core/recovery/journal.hpp"
#include "core/recovery/offset.hpp"
#include "core/recovery/session_record.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace troupe::recovery {

/// Where a room goes on for one client. What it has is everything up to a message: `after`, or the last one that is `settled`.
struct start {
  std::string room;
  place after;                                 ///< it has this one, or joined after it
  unix_ms settled = 0;                         ///< it has what was placed before this time,
  place settled_to = {UINT64_MAX, UINT64_MAX}; ///< if it does not lie beyond this place
};

/// The rooms of `r` as journals know them, in the order of `r.rooms`.
std::vector<std::uint64_t> marks(const session_record& r);

/// Whether the event came from where the session was last, as far as the record knows: its next record may not have been kept.
bool is_from_last_node(const session_record& r, const offset& shown);

/// One start for each room of `r`, in their order. `shown`: the offset that the client showed; nothing: it has not got any event
/// that can be recovered. `before`: what the session's shard has said of the rooms before that event (journal::before with
/// `marks`); nothing: nobody knows any more.
std::vector<start> starts(const session_record& r, const std::optional<offset>& shown, const std::optional<places_before>& before);

/// The messages that a client lacks, oldest first. `messages`: what is kept of the room, oldest first; what lies before a gap is
/// not used. `last`: the room's last message. Volatile messages are not made up for. Error `history_gone`: some that it lacks are
/// not kept any more.
result<std::vector<cluster::message_ptr>> missed(const start& from, std::span<const cluster::message_ptr> messages, place last);

/// What is to be remembered of a room for the next recovery. `missed`: of `from` up to `to`.
membership resumed(const start& from, const std::vector<cluster::message_ptr>& missed, place to);

/// Whether the client is the one that the message's publisher excepted: itself.
bool is_excepted(const cluster::room_message& m, const session_record& r);

/// One message that is sent again.
struct made_up {
  std::size_t room = 0;        ///< index in what was given
  cluster::message_ptr what;
  unix_ms settled = 0;         ///< for its offset: of what is made up for, everything older was sent before
};

/// The rooms' missed messages in one sequence: each room's own order, and between rooms by time, then by mark (one for each room).
std::vector<made_up> in_sequence(const std::vector<std::vector<cluster::message_ptr>>& rooms, std::span<const std::uint64_t> marks);

} // namespace troupe::recovery
