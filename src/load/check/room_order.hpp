#pragma once
// Decides what became of the messages of one room: got by everybody, lost, doubled, out of order, in different orders.

#include <cstdint>
#include <deque>
#include <set>
#include <unordered_map>
#include <vector>

namespace troupe::load {

struct order_counts {
  std::uint64_t lost = 0;      ///< a member never got a message that it should have
  std::uint64_t doubled = 0;   ///< it got one again
  std::uint64_t reordered = 0; ///< it got one after a later one of the same publisher
  std::uint64_t differs = 0;   ///< it got messages of different publishers in another order than somebody before it
  std::uint64_t unknown = 0;   ///< it got one that nobody sent, or not to it

  bool clean() const { return lost + doubled + reordered + differs + unknown == 0; }
  void add(const order_counts& other);
};

/// What one delivery was.
struct delivery {
  bool counts = false;     ///< a message of this run that the member had not got yet
  bool complete = false;   ///< everybody has got it now (meaningful while nobody joins or leaves)
  std::int64_t due_ns = 0; ///< as given to `send`
};

/// Members and publishers share one numbering: the publishers are the members from 0 on. The other members are
/// listeners; unless senders receive their own messages there must be one, because only who gets everything knows the
/// order.
///
/// Messages stand in a log in the order in which listeners got them; each member has a place in it. A message that is
/// the next one of the log is the normal case and costs a comparison. What a member skips is missing; it comes late, or
/// is lost in the end. What a publisher, or somebody who has just joined, gets before any listener waits until its
/// place is known. (Who is to blame for a gap between two listeners cannot be known: a lost message may also show as a
/// different order.) A member must get everything from its first message on, everything sent after its join was
/// answered, and everything that a listener had got before the member asked to leave.
class room_order {
 public:
  room_order(std::uint32_t members, std::uint32_t publishers, bool sender_receives);

  /// The member's join has been answered at `now_ns` (in the same time as `due_ns`).
  void join(std::uint32_t member, std::int64_t now_ns);
  /// The publisher sends its next message; returns the message's sequence number.
  std::uint32_t send(std::uint32_t publisher, std::int64_t due_ns);
  delivery receive(std::uint32_t member, std::uint32_t publisher, std::uint32_t seq);

  /// The member asks to leave; what comes until `left` still belongs to it.
  void leaving(std::uint32_t member);
  void left(std::uint32_t member);
  /// The member's connection broke: nothing more is expected of it. Publishers whose messages are complete without it
  /// are appended to `completed`, once for each message.
  void dropped(std::uint32_t member, std::vector<std::uint32_t>& completed);

  std::uint32_t live() const { return live_; }
  /// Everything that was sent has reached everybody.
  bool settled() const;
  /// Counts what is missing now as lost. Once, at the end.
  order_counts finish();
  const order_counts& counts() const { return counts_; }

 private:
  struct entry {
    std::uint32_t publisher;
    std::uint32_t seq;
    std::uint32_t expected; ///< members that are to get it
    std::uint32_t taken;    ///< members that have got it
    bool late;              ///< somebody got later ones of its publisher first
    std::int64_t due_ns;
  };
  enum class standing : std::uint8_t {
    absent,
    fresh,    ///< has joined and has no place yet
    following ///< every further entry of the log is for it
  };
  struct member_state {
    std::uint64_t next = 0; ///< its place in the log; for `fresh` the end of the log when it joined
    standing is = standing::absent;
    bool ahead = false; ///< it has got messages that are not in the log
  };
  struct span {
    std::int64_t joined_ns = 0;
    std::uint64_t first = 0; ///< the place of the first message that it got
    std::uint64_t leave_at = UINT64_MAX;
  };
  /// A message that no listener has got.
  struct unseen_message {
    std::int64_t due_ns;
    std::uint32_t taken; ///< others that have got it
    bool seen;           ///< it is in the log
  };
  struct publisher_state {
    std::uint32_t next_seq = 0;
    std::uint32_t first_unseen = 0;
    std::uint32_t seen_end = 0;        ///< one more than the highest in the log
    bool broken = false;               ///< its connection is gone, perhaps with messages in it
    std::deque<unseen_message> unseen; ///< from `first_unseen` on; the front is not seen
  };
  struct message_id {
    std::uint32_t publisher;
    std::uint32_t seq;
  };
  static constexpr std::size_t first_log = 256;

  entry& at(std::uint64_t place) { return log_[place & (log_.size() - 1)]; }
  const entry& at(std::uint64_t place) const { return log_[place & (log_.size() - 1)]; }
  bool own(std::uint32_t member, std::uint32_t publisher) const { return !sender_receives_ && publisher == member; }
  bool knows_order(std::uint32_t member) const;
  bool expected(std::uint32_t member, std::uint64_t place) const;
  bool received(std::uint32_t member, std::uint64_t place) const;
  bool misses(std::uint32_t member, std::uint64_t place) const;
  bool overtaken(std::uint32_t member, std::uint64_t place) const;
  bool out_of_place(std::uint32_t member, std::uint64_t place) const;
  std::uint32_t receivers(std::uint32_t publisher, std::int64_t due_ns) const;
  unseen_message* unseen(message_id id);
  const unseen_message* unseen(message_id id) const { return const_cast<room_order*>(this)->unseen(id); }

  delivery take(std::uint64_t place);
  delivery receive_slowly(std::uint32_t member, message_id id);
  delivery receive_ahead(std::uint32_t member, message_id id);
  delivery receive_nowhere(message_id id);
  bool put(std::uint32_t member, std::uint64_t place);
  bool put_late(std::uint32_t member, std::uint64_t place);
  void catch_up();
  void catch_up(std::uint32_t member, std::deque<message_id>& ahead);

  void append(message_id id);
  void insert(message_id id, std::uint64_t place);
  std::uint64_t find(message_id id) const;
  void miss(std::uint32_t member, std::uint64_t to);
  void lose(std::uint32_t member, std::uint64_t to);
  void lose_unseen();
  void forget(std::uint32_t member);
  void make_space();
  void grow();
  std::uint64_t oldest_needed();
  void cut(std::uint64_t place);

  std::uint32_t publishers_count_;
  bool sender_receives_;
  std::uint32_t live_ = 0;
  std::uint32_t listening_ = 0; ///< members that know the order and have a place
  std::uint64_t base_ = 0;      ///< the oldest place that the log still holds
  std::uint64_t end_ = 0;
  std::uint64_t sent_ = 0;
  std::vector<entry> log_; ///< a ring; its size is a power of two
  std::vector<member_state> members_;
  std::vector<span> spans_;
  std::vector<publisher_state> publishers_;
  std::unordered_map<std::uint32_t, std::set<std::uint64_t>> missing_; ///< what members skipped
  std::unordered_map<std::uint32_t, std::deque<message_id>> ahead_;    ///< what members got that is not in the log
  order_counts counts_;
};

} // namespace troupe::load
