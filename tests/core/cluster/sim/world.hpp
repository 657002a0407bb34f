#pragma once
// Nodes, their links, their bus and their registry in virtual time: all delays and faults come from one seed.

#include "core/cluster/node_machine.hpp"
#include "core/cluster/sim/checker.hpp"
#include "core/cluster/sim/store.hpp"
#include "core/cluster/sim/timeline.hpp"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace troupe::sim {

struct world_options {
  cluster::node_options node;
  duration link_timeout{1'000};
  duration link_retry{150};
  double bus_loss = 0.1;
  std::uint16_t number_step = 1; ///< between the numbers of nodes
};

class world {
 public:
  world(world_options o, std::uint64_t seed);

  // Nodes are indexes in the order of their first start.
  std::size_t start_node();
  void restart_node(std::size_t n);
  void crash(std::size_t n);
  void pause(std::size_t n);
  void wake(std::size_t n);
  void drain(std::size_t n, bool on);
  void leave(std::size_t n);
  /// One direction between two nodes.
  void cut(std::size_t from, std::size_t to, bool on);
  void cut_registry(std::size_t n, bool on) { nodes_[n].no_registry = on; }

  void run(duration d) { time_.run_until(time_.now() + d); }
  time_point now() const { return time_.now(); }
  std::mt19937_64& random() { return random_; }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

  std::size_t size() const { return nodes_.size(); }
  bool alive(std::size_t n) const { return nodes_[n].machine != nullptr; }
  bool running(std::size_t n) const { return alive(n) && !nodes_[n].paused; }
  const cluster::node_machine& machine(std::size_t n) const { return *nodes_[n].machine; }
  const cluster::node_record& record(std::size_t n) const { return nodes_[n].me; }

  /// Running nodes whose link to this one has been up, both ways, for longer than a take lasts.
  std::vector<std::size_t> long_linked(std::size_t n) const;

  sim::store store;
  sim::checker checker;
  /// Called for each effect of each node.
  std::function<void(std::size_t, const cluster::node_effect&)> watch;
  std::uint64_t messages = 0;

 private:
  struct connection {
    std::array<cluster::link_peer, 2> who;               ///< in which life
    std::array<bool, 2> up{}, closed{};
    time_point since{};                                  ///< up on both sides
    std::array<time_point, 2> last_arrival{};            ///< by receiving side
    std::array<std::vector<std::string>, 2> held;        ///< sent to that side while its way was cut
  };
  /// What lies between two nodes; side 0 is the one with the smaller index.
  struct way {
    std::shared_ptr<connection> current;
    std::array<bool, 2> cut{};                           ///< towards that side
    std::array<std::uint64_t, 2> mute_count{};           ///< grows whenever something changes for that side's hearing
    time_point next_try{};
  };
  struct node {
    cluster::node_record me;
    std::unique_ptr<cluster::node_machine> machine;
    bool paused = false;
    bool no_registry = false;
    std::vector<std::function<void()>> deferred;         ///< came while it was paused
    time_point last_executed{}, last_answer{};           ///< calls of the registry are carried out and answered in order
    std::optional<time_point> tick;
    std::set<std::size_t> wanted;
  };

  unix_ms wall() const { return std::chrono::duration_cast<duration>(time_.now().time_since_epoch()).count() + 1'700'000'000'000; }
  duration delay(int most) { return duration{1 + static_cast<int>(pick(static_cast<std::uint64_t>(most)))}; }
  std::optional<std::size_t> index_of(const std::string& id) const;
  cluster::link_peer name(std::size_t n) const { return {nodes_[n].me.id, nodes_[n].me.incarnation, nodes_[n].me.number}; }
  void begin(std::size_t n);
  /// Later, on the node, if it is still in the same life.
  void post(std::size_t n, time_point when, std::function<void()> what);
  void call(std::size_t n, std::function<cluster::node_effects(cluster::node_machine&)> f);
  void schedule_tick(std::size_t n);
  void apply(std::size_t n, const cluster::node_effect& e);
  template<class T>
  void ask(std::size_t n, std::function<result<T>()> carry_out, std::function<void(result<T>)> answer);
  void tell(std::size_t n, const cluster::do_tell& t);

  way& between(std::size_t a, std::size_t b) { return ways_[{std::min(a, b), std::max(a, b)}]; }
  static std::size_t side(std::size_t n, std::size_t other) { return n < other ? 0 : 1; }
  void send(std::size_t from, std::size_t to, std::string bytes);
  void deliver(std::size_t from, std::size_t to, const std::shared_ptr<connection>& c, std::string bytes);
  void hearing_changed(std::size_t n, std::size_t other);
  void close(std::size_t n, std::size_t other, const std::shared_ptr<connection>& c, cluster::link_end why);
  void connect_all();
  void try_connect(std::size_t a, std::size_t b);
  void end_links(std::size_t n, cluster::link_end why);

  world_options o_;
  timeline time_;
  std::mt19937_64 random_;
  std::deque<node> nodes_;
  std::map<std::pair<std::size_t, std::size_t>, way> ways_;
};

} // namespace troupe::sim
