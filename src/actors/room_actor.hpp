#pragma once

#include "actors/pinned.hpp"
#include "actors/room_book.hpp"
#include "actors/room_kind.hpp"
#include "actors/room_messages.hpp"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

namespace troupe::actors {

/// A room on this node: its members here, and its replica (core/cluster/room_replica.hpp), by which all nodes' members see one
/// order. Everything the room says, the ack of a join included, leaves through the egress queue of the receiver's shard, so what
/// it said first arrives first.
class room_actor : public pinned, private cluster::replica_effects {
 public:
  room_actor(caf::actor_config& cfg, shard& home, std::string key, std::shared_ptr<room_book> book);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.room"; }
  std::string describe() const override;

 private:
  /// Whom the end of an operation concerns.
  struct asker {
    enum class what { members, join, resume, publish, document };
    what kind = what::members;
    std::optional<session_ref> who;
    ack_id ack;
    bool confirm = false;
    bool tell_place = false; ///< the connection wants a `room_entered`,
    std::optional<recovery::place> after; ///< with this place, if the join came when it was known
    std::string id;       ///< of the message, or the document's name
    std::function<void(result<published>)> done;
    std::unique_ptr<room_resume> resume;
    std::optional<room::member> news; ///< who came or went, if others are to hear of it
    room::safety level = room::safety::home; ///< demanded
  };

  // room_actor.cpp: members
  void on_end() override;
  void on_wake();
  void on_op(room_op& op);
  void on(room_join& m);
  void on(room_resume& m);
  void on(room_leave& m);
  void on(room_publish& m);
  void on(room_typing& m);
  void on(room_document& m);
  void on(room_members_asked& m);
  void on(room_recover& m);
  void on(room_describe& m);
  void on(room_list_members& m);
  std::string_view nsp() const;
  /// One hand-over to each shard that has members.
  void fan_out(const outbound_ptr& what, std::optional<session_ref> except = {}, const recovery::said& said = {});
  void announce(std::string_view event, std::string object, std::optional<session_ref> except);
  void tell_typing(const room::member& who, bool active);
  void refuse(session_ref who, ack_id ack, error why, std::string room_not_joined = {});
  void schedule();

  // room_actor_replica.cpp: operations, other nodes, the log
  void on(room_home& m);
  void on(room_peer& m);
  void on(room_from_peer& m);
  void on(room_logged& m);
  void on(room_log_opened& m);
  void on(room_log_read& m);
  void on(room_ordering_changed& m);
  /// Asks the replica; `a` hears what became of it.
  void ask(asker a, cluster::op_body what);
  void ask_members(asker a);
  template <class F>
  void ask_by(asker a, F f);
  void answer(asker& a, const cluster::op_result& r);
  void answer_leave(asker& a, const cluster::op_result& r);
  void answer_join(asker& a, const cluster::op_result& r);
  void answer_resume(asker& a, const cluster::op_result& r);
  void look_into_log(std::unique_ptr<room_resume> m, recovery::place to);
  void answer_publish(asker& a, const cluster::op_result& r);
  void answer_sender(asker& a, const published& p);
  void tell_refusal(session_ref who, ack_id ack, std::string object);
  void answer_document(asker& a, const cluster::op_result& r);
  void deliver(const cluster::message_ptr& m) override;
  void deliver(const cluster::notice& n) override;
  void send(std::span<const cluster::node_ref> to, std::string payload) override;
  void done(std::uint64_t op, const cluster::op_result& r) override;
  void append(std::uint64_t token, std::uint64_t epoch, std::vector<cluster::message_ptr> batch) override;
  void open_log(std::uint64_t token, std::uint64_t epoch) override;
  void read_log(std::uint64_t token, std::uint64_t after_epoch, std::uint64_t after_seq) override;
  void overtaken(std::uint64_t epoch) override;
  bool may_order() const override;
  bool log_is_away() const override;
  /// Where the room is, as this node knows.
  recovery::place here() const { return {replica_.last_epoch(), replica_.seq()}; }
  std::optional<session_ref> only_here(cluster::node_ref node, const std::optional<session_ref>& except) const;

  const std::shared_ptr<const std::string> key_;
  const std::shared_ptr<room_book> book_;
  const room_kind& kind_; ///< the hub's
  const std::uint64_t mark_; ///< recovery::room_mark; 0: sessions of this namespace cannot be recovered
  cluster::room_replica& replica_;
  std::optional<recovery::place> first_heard_; ///< since the home answered: what came before the first message that members heard
  room::room_model model_;
  std::uint64_t seen_ = 0; ///< messages from the directory
  std::uint64_t asking_ = 0; ///< the operation that is being asked for right now, whose asker is `asker_`; 0: none
  asker asker_;
  std::unordered_map<std::uint64_t, asker> askers_; ///< operation -> who waits; bounded by the replica
  struct joining {
    unsigned pending = 0;    ///< joins of this session that are not answered yet
    bool confirmed = false;  ///< one was answered: another one's failure takes nobody out again
  };
  std::map<session_ref, joining> joining_;
};

} // namespace troupe::actors
