#pragma once

#include "actors/deliveries.hpp"
#include "actors/pinned.hpp"
#include "actors/presence_messages.hpp"
#include "core/presence/presence_wire.hpp"
#include "core/presence/queued_delivery.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

struct queue_work;

/// A user on this node. On the home of the user's slot: sockets, watchers and direct messages of the whole cluster. Elsewhere:
/// what is here, told to the home, which decides. Like a room it speaks through the egress queues only, so a queued message always
/// leaves before a newer one.
class presence_actor : public pinned {
 public:
  presence_actor(caf::actor_config& cfg, shard& home, std::string user, std::shared_ptr<presence::ledger> book);
  ~presence_actor() override;

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.presence"; }
  std::string describe() const override { return "presence user=" + user_; }

 private:
  void on_end() override;
  void on_wake();
  void on_op(presence_op& op);
  void on(presence_attach& m);
  void on(presence_detach& m);
  void on(presence_status& m);
  void on(presence_watch& m);
  void on(presence_unwatch& m);
  void on(presence_direct& m);
  void on(presence_recover& m);
  void on(presence_describe& m);
  void on(presence_disconnect& m);
  void on(presence_home& m);
  void on(presence_peer& m);
  void on(presence_from_peer& m);
  void on(presence_queued& m);
  void on(presence_waiting& m);
  void on(presence_given& m);
  void on(presence_remembered& m);
  void on(presence_bereft& m);

  bool at_home() const;
  /// At home, and all nodes have said what they have: questions are answered here.
  bool answers() const { return at_home() && home_.open; }
  result<presence::state> take_watcher(const presence::place& w);
  /// As all watchers of a node are told alike.
  presence::state as_told(cluster::node_ref node) const;
  /// Runs `answer` when it is known when the user was last seen, as far as anybody knows.
  void when_remembered(std::function<void()> answer);
  void make_sure_gone();
  /// Watchers on every node hear what they do not believe yet.
  void tell_news();
  /// What is news to these watchers of this node.
  void tell(const std::vector<presence::place>& watchers, const presence::state& is, const presence::news& news);
  void tell(const std::vector<presence::place>& watchers, std::string_view event, const std::string& object);
  bool watched_from(cluster::node_ref node) const;
  /// At home: a direct message gets its place and is sent or queued.
  void take_in(presence_direct m);
  void answer(const presence_direct& m, const presence::dispatched& place);
  void fail(const presence_direct& m, const error& why);
  void count_online(bool online);
  /// Tells other programs what has changed.
  void show();
  void schedule();

  // presence_actor_deliveries.cpp: messages to a user who is there
  void place(presence_direct m);
  void dispatch(presence_direct m, presence::dispatched place, std::string name);
  void deliver(presence_direct m, presence::dispatched place, std::string name);
  /// `m` is what all of them get; its sessions are set here.
  void deliver(const std::vector<presence::place>& to, presence::tell m);
  void deliver_here(presence::tell m);
  void deliver_again(cluster::node_ref node);
  void finish(under_way d);
  void expire_deliveries();
  void leave_deliveries();

  // presence_actor_queue.cpp: messages to a user who is away
  bool keeps_messages() const;
  queue_work& work();
  void on_socket_came();
  void on_socket_went(const presence::place& socket);
  void on_node_went(cluster::node_ref node);
  /// After everything that may have changed what can be done.
  void tend_queue();
  void read_queue();
  bool must_wait(const std::string& nsp);
  bool works_on_queue() const;
  std::optional<time_point> next_queue_deadline() const;
  void queue(presence_direct m, const presence::dispatched& place, std::string name);
  /// The same message is being queued; gives `m` its answer along with it.
  bool waits_with_another(presence_direct& m, const std::string& name);
  void give(presence::queued_delivery::gift g);
  void give_here(std::uint64_t token, cluster::node_ref home, const presence::place& socket, std::vector<presence::waiting> what);
  void on_given(std::uint64_t token, bool taken);
  void leave_queue();

  // presence_actor_remote.cpp: what other nodes have
  /// A wish that the home answers.
  struct wish {
    std::variant<presence_watch, presence_direct, presence_describe> what;
    time_point until;
  };
  void send(cluster::node_ref to, const presence::message& m);
  void tell_home(const presence::message& m);
  void restore_at_home();
  void become_home();
  void become_follower();
  void keep_early(cluster::node_ref node, presence::letter l);
  void hear_early_restores();
  void hear_early();
  void ask_home(wish w);
  void send_wish(std::uint64_t number, const wish& w);
  void fail(wish& w, const error& why);
  void expire_wishes();
  void from(cluster::node_ref node, presence::restore& m);
  void from(cluster::node_ref node, presence::attach& m);
  void from(cluster::node_ref node, presence::detach& m);
  void from(cluster::node_ref node, presence::say& m);
  void from(cluster::node_ref node, presence::watch& m);
  void from(cluster::node_ref node, presence::unwatch& m);
  void from(cluster::node_ref node, presence::send& m);
  void from(cluster::node_ref node, presence::describe& m);
  void from(cluster::node_ref node, presence::bereft& m);
  void from(cluster::node_ref node, presence::done& m);
  void from(cluster::node_ref node, presence::tell& m);
  void from(cluster::node_ref node, presence::told& m);
  void from(cluster::node_ref node, presence::give& m);
  void from(cluster::node_ref node, presence::given& m);
  void from(cluster::node_ref node, presence::look& m);
  void from(cluster::node_ref node, presence::became& m);
  void arrive(const presence::place& socket, unix_ms at);

  const std::string user_;
  presence::presence_model model_;
  std::uint64_t seen_ = 0;
  bool counted_online_ = false;
  std::optional<std::pair<bool, std::string>> shown_; ///< online, status
  std::unique_ptr<queue_work> queue_;          ///< while there is something to do or to remember
  bool queue_known_ = false;                   ///< without work: nothing waits for the user
  bool gone_shown_ = false;                    ///< other programs were told last that the user is offline
  bool remembered_ = false;                    ///< what is stored of the user was read
  std::vector<std::function<void()>> answers_; ///< that wait for it; each belongs to a question, which are limited
  presence::beliefs believed_;                 ///< on the home: by the watchers on each node that has some

  // In a cluster only:
  cluster::slot_home home_;
  std::vector<presence::place> here_;          ///< the user's sockets on this node
  std::vector<presence::place> watching_here_;
  std::string status_here_;                    ///< the user's own word, as this node heard it while it had sockets of the user
  /// For an epoch that this actor has not heard of yet, or that is not open yet; of each node at most cluster.max_pending.
  std::map<cluster::node_ref, std::vector<presence::letter>> early_;
  std::set<cluster::node_ref> heard_;          ///< on the home: nodes that have said under this epoch what they have
  std::optional<presence::belief> believed_here_; ///< elsewhere than on the home: by the watchers here
  std::map<std::uint64_t, wish> wishes_;       ///< bounded by cluster.max_pending
  deliveries deliveries_;                      ///< on the home; bounded by cluster.max_pending
  time_point used_{};
};

} // namespace troupe::actors
