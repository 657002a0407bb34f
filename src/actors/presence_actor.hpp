#pragma once

#include "actors/pinned.hpp"
#include "actors/presence_messages.hpp"
#include "core/presence/presence_wire.hpp"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

/// A user on this node. On the home of the user's slot: sockets, watchers and direct messages of the whole cluster. Elsewhere:
/// what is here, told to the home, which decides. Like a room it speaks through the egress queues only, so a queued message always
/// leaves before a newer one.
class presence_actor : public pinned {
 public:
  presence_actor(caf::actor_config& cfg, shard& home, std::string user, std::shared_ptr<presence::ledger> book);

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

  bool at_home() const;
  /// Watchers on every node hear what they do not believe yet.
  void tell_news();
  void tell(const std::vector<presence::place>& watchers, std::string_view event, const std::string& object, const presence::belief& is);
  bool watched_from(cluster::node_ref node) const;
  /// Gives a direct message its stamp and sends or queues it.
  void dispatch(presence_direct& m, const presence::dispatched& place);
  void deliver(const std::vector<presence::place>& to, const std::string& nsp, const std::string& data, std::vector<std::string> attachments,
               std::optional<presence::belief> news = {});
  void answer(const presence_direct& m, const presence::dispatched& place);
  void count_online(bool online);
  /// Tells other programs what has changed.
  void show();
  void schedule();

  // presence_actor_remote.cpp: what other nodes have
  /// A wish that the home answers.
  struct wish {
    std::variant<presence_watch, presence_direct, presence_describe> what;
    time_point until;
  };
  void send(cluster::node_ref to, const presence::message& m);
  void tell_home(const presence::message& m);
  void restore_at_home();
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
  void from(cluster::node_ref node, presence::done& m);
  void from(cluster::node_ref node, presence::tell& m);
  void arrive(const presence::place& socket);

  const std::string user_;
  presence::presence_model model_;
  std::uint64_t seen_ = 0;
  bool counted_online_ = false;
  std::optional<std::pair<bool, std::string>> shown_; ///< online, status
  presence::beliefs believed_;                 ///< on the home: by the watchers on each node that has some

  // In a cluster only:
  cluster::slot_home home_;
  std::vector<presence::place> here_;          ///< the user's sockets on this node
  std::vector<presence::place> watching_here_;
  std::string status_here_;                    ///< the user's own word, as this node heard it
  std::map<cluster::node_ref, presence::restore> early_; ///< for an epoch that this actor has not heard of yet
  std::optional<presence::belief> believed_here_; ///< elsewhere than on the home: by the watchers here
  std::map<std::uint64_t, wish> wishes_;       ///< bounded by cluster.max_pending
  time_point used_{};
};

} // namespace troupe::actors
