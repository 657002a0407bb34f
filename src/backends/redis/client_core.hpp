#pragma once

#include "backends/redis/client.hpp"
#include "backends/redis/cluster_map.hpp"
#include "backends/redis/sentinels.hpp"
#include "backends/redis/subscriptions.hpp"
#include "backends/redis/tls_context.hpp"

#include <mutex>
#include <set>

namespace troupe::redis {

/// The client, seen from its own thread.
///
/// Whatever makes a command take a detour (a script that Redis lost, a slot that moved) could let later commands pass it. So
/// the client then stands still: nothing more goes out until everything under way is answered; what has to be repeated goes
/// first, in the order of the calls.
class client_core {
 public:
  client_core(options o, std::unique_ptr<tls_context> tls);

  event_loop& loop() { return loop_; }
  const options& settings() const { return options_; }
  metrics& counters() { return counts_; }
  bool up() const { return up_; }

  /// Any thread: counts a command in, or refuses it because too much waits.
  bool admit(std::size_t bytes);
  /// Any thread: true for the first who asks.
  bool first_use(const std::string& sha);

  // From here on, the loop's thread only.
  void start();
  void stop();
  void learn(const script& s);
  void dispatch(request r);
  void ask_replicas(const std::vector<std::string>& keys, std::size_t replicas, duration at_most, client::replicas_word done);
  redis::subscriptions& subscriptions() { return subscriptions_; }

 private:
  void locate(std::size_t& turn, std::function<void(result<endpoint>)> done);
  link::hooks hooks();
  bool link_up(link& l);
  void link_down(link& l);
  void settled(link& l, request&& r, result<reply> said);
  bool detour(const link& l, request& r, const reply& said);
  void finish(request&& r, result<answer> a);
  void load_scripts(link& l);

  void hold(request&& r);
  void resume_if_still();
  void resume();
  void expire_held();
  std::size_t in_flight() const;

  link& pick(const request& r);
  link& owner_of(const std::string& key);
  link& node(const endpoint& e);
  void refresh_map();
  void map_read(const reply& r, const endpoint& asked);
  void route_again();
  void drop_unused_nodes();
  void look_up_state();

  options options_;
  std::unique_ptr<tls_context> tls_;
  metrics counts_;
  std::atomic<bool> up_{false};
  std::mutex scripts_lock_;
  std::set<std::string> used_; ///< hashes of scripts, under the lock
  event_loop loop_;            ///< before everything that has timers

  std::vector<script> scripts_;
  std::uint64_t numbers_ = 0;
  bool stopping_ = false;
  sentinels sentinels_;
  std::size_t turn_ = 0, listening_turn_ = 0; ///< whose turn it is among the nodes of a Redis Cluster
  bool cluster_ = false;
  bool refreshing_ = false;
  cluster_map map_;
  bool still_ = false;
  std::vector<request> held_;
  timer held_expiry_;
  timer retry_;
  redis::subscriptions subscriptions_;
  std::map<endpoint, std::unique_ptr<link>> nodes_;
  link main_; ///< to the server; in a Redis Cluster it asks for the slots
};

} // namespace troupe::redis
