#pragma once
// One node's copy of a room: home (gives every message its place) or follower (delivers what the home has placed). Pure.
//
// A publish is an operation; it goes to the home, gets its place, is written to the room's log where the room keeps one, and
// then goes to every node with members, the home's own members included: nobody gets a shortcut, so all see one order.
// When the home changes, every node that is left promises the new home to listen to no older one, and shows it what it has
// delivered last; the new home takes the longest of these, gives everybody what they lack, and goes on from there.
// Operations that nobody has answered are sent again and known by their number. docs/cluster.md has the whole story.

#include "base/counter.hpp"
#include "base/time.hpp"
#include "core/cluster/message_tail.hpp"
#include "core/cluster/room_message.hpp"
#include "core/messaging/id_memory.hpp"
#include "core/room/place.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <string>
#include <vector>

namespace troupe::cluster {

struct replica_options {
  bool clustered = false;                ///< false: this node is the only one, and keeps nothing for others
  bool logged = false;                   ///< the room keeps a log: nothing is delivered before the log has it
  bool replicated = false;               ///< the log asks its replicas (log_answer::replicated)
  tail_options tail;
  std::size_t max_pending = 10'000;      ///< operations that wait for the home, or for the log
  std::size_t max_unsaved = 10'000;      ///< messages that wait for a log that is away
  duration operation_timeout{5'000};     ///< cluster.operation_timeout_ms
  std::size_t dedup_ids = 1'000;
  duration dedup_window{120'000};
};

/// Counted over all rooms of a shard; those marked (!) say that a promise was broken and stay 0.
struct replica_counters {
  counter stale_dropped;    ///< messages of an overtaken home
  counter gaps;             ///< a message that does not follow on the last one: the link broke in between; asked for again
  counter lost;             ///< messages that a follower could not be given any more (rooms without log)
  counter diverged;         ///< (!, rooms with log) a node had delivered what the others never will
  counter resent;           ///< operations sent again after the home or the link changed
  counter repeated;         ///< operations that the home knew already
  counter outcomes_forgotten; ///< of these, answered without their place, which nobody remembers
  counter expired;          ///< operations that nobody answered in time
  counter overtaken;        ///< a log refused this home
  counter unsaved_dropped;  ///< messages that never came into the log, because it was away for too long
  counter bad_messages;
};

/// What a replica wants done. Calls come from inside the replica's functions; nothing here may call back into it.
class replica_effects {
 public:
  virtual ~replica_effects() = default;
  /// To the members on this node.
  virtual void deliver(const message_ptr& m) = 0;
  virtual void deliver(const notice& n) = 0;
  /// `payload`: a replica_message, encoded, for this room's replica there. A node without link gets nothing.
  virtual void send(std::span<const node_ref> to, std::string payload) = 0;
  /// An operation of this node is done.
  virtual void done(std::uint64_t op, const op_result& r) = 0;
  /// To the room's log, as (epoch, seq) each; answered by `on_appended(token, ...)`. An empty batch only asks whether replicas have the log.
  virtual void append(std::uint64_t token, std::uint64_t epoch, std::vector<message_ptr> batch) = 0;
  /// Puts a fence at (epoch, 0) and reads the log's tail; answered by `on_log_opened(token, ...)`.
  virtual void open_log(std::uint64_t token, std::uint64_t epoch) = 0;
  /// Everything after `seq`; answered by `on_log_read(token, ...)`.
  virtual void read_log(std::uint64_t token, std::uint64_t after_epoch, std::uint64_t after_seq) = 0;
  /// The log knows a home of this epoch.
  virtual void overtaken(std::uint64_t epoch) = 0;
  /// Whether this node can know that nobody has taken its rooms: it was not stopped just now, and others can be heard.
  virtual bool may_order() const = 0;
  /// Whether the log is known to be away for every node, so that no other home can begin.
  virtual bool log_is_away() const = 0;
};

/// What an append gave. `replicated`: taken, and replicas have the log as it is then.
enum class log_answer { taken, replicated, refused, unavailable };

class room_replica {
 public:
  enum class role { homeless, follower, opening, home };

  /// `first_number`: more than `numbers_used` of every replica of this room that this node had before in this life: nodes know an
  /// operation by its node and number.
  room_replica(const replica_options& o, node_ref me, replica_effects& e, replica_counters& c, std::uint64_t first_number = 1);
  /// Another one carries out from now on (the room's actor was restarted).
  void use(replica_effects& e) { out_ = &e; }

  // -- from this node --

  /// Asks for an operation and gives its number; `done` answers, perhaps before this returns. An error when too many wait:
  /// `overloaded`.
  result<std::uint64_t> submit(op_body body, time_point now, unix_ms wall);
  /// The number that the next `submit` or `set_members` will have; `done` may come before they return.
  std::uint64_t next_operation() const { return next_op_; }
  /// The highest number of an operation, or of a question to the log.
  std::uint64_t numbers_used() const { return std::max(next_op_ - 1, token_); }
  /// Something without a place: to the members here and on other nodes, except `except` here.
  void tell(notice n);
  /// How many members this node has now. Gives the number of the operation that answers with the room's total.
  result<std::uint64_t> set_members(std::uint64_t n, time_point now, unix_ms wall);

  /// After a failure of the room's actor: the members that are still there.
  void restore_members(std::uint64_t n) { members_ = n; }

  // -- from the directory --

  void on_home(node_ref home, std::uint64_t epoch, bool open, time_point now, unix_ms wall);
  void on_peer_up(node_ref peer);
  void on_peer_down(node_ref peer);
  void on_peer_gone(node_ref peer);

  // -- from other replicas and from the log --

  void on_message(node_ref from, std::string_view payload, time_point now, unix_ms wall);
  /// `log_epoch`: where the log ends, when it refused.
  void on_appended(std::uint64_t token, log_answer a, std::uint64_t log_epoch, std::uint64_t log_seq, time_point now);
  /// `end`: where the log ends, the fence included.
  void on_log_opened(std::uint64_t token, log_answer a, room::place end, const std::vector<message_ptr>& tail, time_point now, unix_ms wall);
  void on_log_read(std::uint64_t token, log_answer a, const std::vector<message_ptr>& found, time_point now);
  /// What `may_order` or `log_is_away` say has changed. (The log is also tried again by itself.)
  void on_ordering_changed(time_point now, unix_ms wall);

  void on_time(time_point now);
  std::optional<time_point> next_deadline() const;

  role now_is() const { return role_; }
  std::uint64_t epoch() const { return epoch_; }
  std::uint64_t seq() const { return seq_; }
  /// Whether members here hear everything from `seq()` on; else from where the home answers.
  bool current() const { return role_ == role::home || (role_ == role::follower && confirmed_ && !begins_anew_); }
  /// The epoch of the message `seq()`.
  std::uint64_t last_epoch() const { return last_epoch_; }
  /// The last messages, oldest first. There may be gaps where this node did not follow the room.
  std::vector<message_ptr> kept() const { return tail_.all(); }
  std::uint64_t members() const;
  std::uint64_t document_version() const { return document_version_; }
  /// Nobody here or elsewhere needs this replica.
  bool unneeded() const;
  /// As the room's home: where its log ends, as far as this node knows. Nothing: it is not home, or the log is behind.
  std::optional<room::place> log_end() const;
  /// Messages that the log has not taken yet although they were delivered.
  std::size_t unsaved() const { return unsaved_.size(); }

 private:
  struct waiting_op {
    room_op op;
    time_point until;
  };
  struct held_op {
    node_ref from;
    cluster::submit what;
  };
  struct place {
    std::uint64_t epoch = 0, seq = 0;
    unix_ms ts = 0;
  };
  struct reader {
    node_ref who;
    follow asked;
  };

  // room_replica.cpp: what this node wants, and what it follows
  void become(role r) { role_ = r; }
  void send(node_ref to, const replica_message& m);
  void follow_home(bool with_tail);
  void send_op(std::uint64_t previous, const room_op& op);
  void resend();
  void finish(std::uint64_t op, const op_result& r);
  void deliver(const message_ptr& m, time_point now);
  /// Now it is known here; members do not hear of it.
  void take_in(const message_ptr& m, time_point now);
  void remember_id(const room_message& m, time_point now);
  void on(node_ref from, following& m, time_point now);
  void on(node_ref from, ordered& m, time_point now);
  void on(node_ref from, told& m, time_point now);
  void on(node_ref from, op_done& m, time_point now);

  // room_replica_home.cpp: placing
  void on(node_ref from, follow& m, time_point now);
  void on(node_ref from, unfollow& m, time_point now);
  void on(node_ref from, cluster::submit& m, time_point now);
  void on(node_ref from, relay& m, time_point now);
  void carry_out_in_turn(node_ref from, cluster::submit& m, time_point now);
  void carry_out(node_ref from, room_op&& op, time_point now, unix_ms wall);
  std::optional<op_result> place_message(node_ref from, std::uint64_t number, publish_op& op, time_point now, unix_ms wall);
  std::optional<op_result> place_document(node_ref from, std::uint64_t number, document_op& op, time_point now, unix_ms wall);
  /// Of a message that was delivered.
  safety level_of(std::uint64_t seq) const;
  /// What a repeated operation is told. May be less than what is true by now, and then has the log asked.
  safety known_level(std::uint64_t seq, time_point now);
  bool was_placed(const origin& from) const;
  /// Its answer comes with the log's.
  bool under_way(const origin& from) const;
  std::optional<op_result> known_id(const publish_op& op, time_point now);
  message_ptr under_way(const publish_op& op) const;
  /// The answer to a message under way is that of every operation with its id.
  std::optional<op_result> wait_for(const room_message& first, const origin& who);
  std::optional<op_result> known_outcome(const origin& from, time_point now);
  std::optional<op_result> place_new(std::shared_ptr<room_message> m, time_point now);
  void answer(node_ref from, std::uint64_t number, const op_result& r);
  void commit(const message_ptr& m, safety level, time_point now);
  void write_log();
  void send_batch();
  void log_is_back();
  void try_log_again(time_point now);
  void ask_replicas_soon(time_point now);
  void ask_replicas();
  void go_on_without_log(time_point now);
  bool without_log() const { return !log_up_ && out_->log_is_away() && out_->may_order(); }
  void carry_out_waiting(time_point now, unix_ms wall);
  void answer_follow(node_ref from, follow& m);
  void answer_follow_from(node_ref from, const follow& m, std::vector<message_ptr> missing, bool complete);

  // room_replica_takeover.cpp
  void step_down();
  void begin_opening();
  void open(time_point now);
  void finish_opening(const std::vector<message_ptr>& log_tail, std::uint64_t log_seq, time_point now, unix_ms wall);
  std::map<std::uint64_t, message_ptr> best_of(const std::vector<message_ptr>& log_tail) const;

  const replica_options* options_;
  const node_ref me_;
  replica_effects* out_;
  replica_counters& counts_;

  role role_ = role::homeless;
  node_ref home_;
  std::uint64_t epoch_ = 0;            ///< of `home_`; nothing lower is listened to any more
  bool confirmed_ = false;             ///< as a follower: the home has answered under this epoch
  std::uint64_t members_ = 0;          ///< here
  bool begins_anew_ = false;           ///< the first members have come: what was said until the home answers is not for them

  // What was delivered here.
  std::uint64_t last_epoch_ = 0, seq_ = 0;
  message_tail tail_;
  std::uint64_t document_version_ = 0;
  std::unique_ptr<messaging::id_memory<place>> ids_;

  // Operations of this node.
  std::uint64_t next_op_;
  std::deque<waiting_op> waiting_;     ///< in the order of their numbers

  // As home.
  std::uint64_t placed_ = 0;           ///< the last seq given away; those beyond `seq_` are not delivered yet
  std::map<node_ref, std::uint64_t> followers_; ///< node -> its members
  std::map<node_ref, std::uint64_t> last_op_;   ///< node -> its last operation among the messages delivered here
  std::deque<node_ref> departed_;      ///< nodes of `last_op_` that are gone, the latest last
  std::map<node_ref, std::uint64_t> arrived_;   ///< node -> its last operation that this home has looked at
  std::deque<message_ptr> uncommitted_;///< placed, not in the log yet
  std::map<std::uint64_t, std::vector<origin>> repeats_; ///< seq of one of these -> operations with the same id
  std::deque<message_ptr> unsaved_;    ///< delivered without the log
  std::map<std::uint64_t, reader> readers_; ///< token -> a follower whose missing messages are being read
  std::uint64_t stored_to_ = 0;        ///< the log has everything up to here,
  std::uint64_t replicated_to_ = 0;    ///< and so have replicas,
  std::uint64_t dropped_to_ = 0;       ///< but for what lies up to here: some of it never came into the log
  std::optional<time_point> ask_replicas_; ///< whether they have caught up
  bool log_up_ = true;
  std::optional<time_point> retry_log_; ///< while the log is away
  std::uint64_t token_;                ///< of the last call to the log
  std::uint64_t appending_ = 0;        ///< token of the append under way; 0: none
  std::size_t append_unsaved_ = 0, append_new_ = 0; ///< what it holds
  std::uint64_t opening_ = 0;          ///< token of the log's opening under way

  // While the home is not there yet, or this node opens.
  std::map<node_ref, follow> reports_;
  std::deque<held_op> held_;
  bool slot_open_ = false;
  std::optional<time_point> reopen_;   ///< the log could not be opened; when to try again
  unix_ms wall_ = 0;                   ///< of the last call that knew it
};

} // namespace troupe::cluster
