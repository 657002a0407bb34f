#pragma once

#include "actors/cluster_messages.hpp"
#include "actors/keys_messages.hpp"
#include "core/cluster/node_machine.hpp"
#include "ports/bus.hpp"
#include "ports/room_log.hpp"

#include <caf/event_based_actor.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

class hub;

/// The outside that a clustered node stands on. All of it outlives the actors.
struct cluster_ports {
  ports::registry& registry;
  ports::links& links;
  ports::bus& bus;
  ports::room_log& log;
};

/// This node's part in the cluster: the shell around core/cluster/node_machine.hpp. Calls the registry, keeps links, and tells rooms
/// where their homes are. Runs on CAF's own pool, so that a busy shard cannot hold up its heartbeats.
class cluster_actor : public caf::event_based_actor {
 public:
  /// What happens here is told to these; on the actor's thread, must not block. Either may be empty.
  struct listeners {
    std::function<void(error)> on_give_up;       ///< the cluster will not have this node
    std::function<void(cluster_view)> on_view;   ///< the state, several times a second
    std::function<void(time_point)> on_tick;     ///< at least every 100 ms
  };

  cluster_actor(caf::actor_config& cfg, std::shared_ptr<class hub> h, cluster_ports p, cluster::node_options o, ports::node_record me,
                listeners l);

  caf::behavior make_behavior() override;
  const char* name() const override { return "troupe.cluster"; }

 private:
  void run(cluster::node_effects effects);
  void apply(cluster::do_renew& e);
  void apply(cluster::do_read& e);
  void apply(cluster::do_claim& e);
  void apply(cluster::do_remove& e);
  void apply(cluster::do_link& e);
  void apply(cluster::do_unlink& e);
  void apply(cluster::do_tell& e);
  void apply(cluster::slots_moved& e);
  void apply(cluster::slots_opened& e);
  void apply(cluster::peer_came& e);
  void apply(cluster::peer_gone& e);
  void apply(cluster::note& e);
  void apply(cluster::give_up& e);
  void tell_rooms(std::vector<std::pair<std::uint16_t, cluster::slot_home>> slots, std::shared_ptr<void> reported);
  void on(const drain_slots& m);
  void on(const read_answer& m);
  void look_at_drain();
  void tell_keys();
  void show(time_point now);
  // Knowing that one is still the home (cluster_actor_certainty.cpp).
  void look_around(time_point now);
  bool registry_away_for_all(time_point now) const;
  bool heard_everybody_since(time_point when) const;
  void be_sure(time_point now);
  cluster_view view() const;
  void schedule();

  std::shared_ptr<class hub> hub_;
  cluster_ports out_;
  cluster::node_machine machine_;
  ports::node_record me_;
  listeners listeners_;
  time_point shown_{};      ///< when `on_view` was called
  bool shown_leased_ = false;
  time_point looked_{};     ///< when `look_around` was called last
  std::optional<time_point> unsure_since_; ///< this process was stopped, or is new
  bool asked_ = false;      ///< the registry, since then
  std::map<std::string, time_point> heard_; ///< peers, over links
  keys_lease told_keys_;
  bool draining_ = false;
  std::shared_ptr<void> drained_;
};

/// The channel of the bus that every node of the cluster listens to.
inline constexpr const char* cluster_channel = "cluster";

} // namespace troupe::actors
