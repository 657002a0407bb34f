#pragma once
// Application -> net: everything that leaves for clients, and the fan-out index that says who gets what.

#include "core/engineio/close_reason.hpp"
#include "core/frame/outbound.hpp"
#include "core/recovery/journal.hpp"
#include "core/session_ref.hpp"
#include "ports/session_sink.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::ports {

/// Whom a broadcast reaches: members of any of `rooms` and the `sessions` themselves, less members of any of `except`
/// and `except_sessions`; each session once. Room names are keys made by `core/room/room_key.hpp`.
struct target {
  std::vector<std::string> rooms;
  std::vector<session_ref> sessions;
  std::vector<std::string> except;
  std::vector<session_ref> except_sessions;
};

struct roster_join { std::string room; session_ref who; };
struct roster_leave { std::string room; session_ref who; };
/// `counted`, when set, is called on the shard's thread with the number of sessions reached.
struct fan_out { std::shared_ptr<const target> to; outbound_ptr what; std::function<void(std::size_t)> counted; };
/// The common case, one room: no target to build. `said`: its place, for the shard's journal; room 0: it has none.
struct fan_out_room {
  std::shared_ptr<const std::string> room;
  outbound_ptr what;
  std::optional<session_ref> except;
  recovery::said said;
};
struct send_to { session_ref who; outbound_ptr what; };
struct close_session { session_ref who; engineio::close_reason why = engineio::close_reason::forced_close; };
struct control_all { std::shared_ptr<const target> to; std::shared_ptr<const control> what; };
/// Asks the shard which of its sessions are members of a room (a restarted room actor rebuilds itself from this).
struct list_members { std::string room; std::function<void(std::vector<session_ref>)> found; };
/// Asks the shard what it has said of `rooms` (marks) before `event`: see recovery::journal.
struct ask_journal {
  recovery::said event;
  std::vector<std::uint64_t> rooms;
  std::function<void(std::optional<recovery::places_before>)> found;
};

/// Gives the shard's journal as it is now, encoded.
struct copy_journal { std::function<void(std::string)> found; };

using egress_op = std::variant<roster_join, roster_leave, fan_out, fan_out_room, send_to, close_session, control_all, list_members,
                                ask_journal, copy_journal>;

/// The queues into the shards.
///
/// Order: operations that one thread submits to one shard are carried out in the order of submission, so a `roster_join`
/// before a `fan_out` is always effective for it. References to sessions that are gone are ignored. Never blocks; the
/// queue of a shard is bounded by the bounds of those who submit (mailboxes, rate limits).
class egress {
 public:
  virtual ~egress() = default;
  virtual std::uint16_t shards() const = 0;
  /// Any thread.
  virtual void submit(std::uint16_t shard, egress_op op) = 0;
  /// Only on the shard's own thread, for a session of that shard: queued at once, without the hand-over queue.
  virtual void send_now(session_ref who, frame_ptr what) = 0;
  /// Only on the shard's own thread: the session has joined a namespace, its connect timeout is off.
  virtual void namespace_joined(session_ref who) = 0;
  /// Only on the shard's own thread: keeps back what the session is sent until as many `release`s, each of which puts `first` before
  /// it. Without `keep` what was held back is dropped.
  virtual void hold(session_ref who) = 0;
  virtual void release(session_ref who, std::vector<frame_ptr> first, bool keep = true) = 0;
  /// Only on the shard's own thread: whether the session's transport can take a packet now (for volatile events).
  virtual bool writable_now(session_ref who) const = 0;
};

} // namespace troupe::ports
