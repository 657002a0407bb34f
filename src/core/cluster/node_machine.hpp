#pragma once
// One node's part in the cluster: who else is there, who is home of which slot, and what to do about it. Pure: time, answers
// and messages come in, effects come out. docs/cluster.md tells the protocol.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/candidates.hpp"
#include "core/cluster/link_data.hpp"
#include "core/cluster/node_effects.hpp"
#include "core/cluster/node_messages.hpp"
#include "core/cluster/node_options.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/node_status.hpp"
#include "core/cluster/peer.hpp"
#include "core/cluster/registry_data.hpp"
#include "core/cluster/slot_state.hpp"
#include "core/cluster/slots.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::cluster {

/// Not thread-safe. `now` never goes back between calls; `wall` may.
class node_machine {
 public:
  node_machine(node_options o, node_record me);

  node_effects start(time_point now, unix_ms wall);
  /// Call at `next_deadline`, or more often.
  node_effects on_time(time_point now, unix_ms wall);
  time_point next_deadline() const;

  // Answers of the registry.
  node_effects on_renewed(const result<renewed>& r, time_point sent, time_point now, unix_ms wall);
  node_effects on_read(const result<registry_view>& r, time_point now, unix_ms wall);
  node_effects on_claimed(const result<std::vector<slot_grant>>& r, time_point now, unix_ms wall);

  // Links, and what peers tell (over a link or the bus). `bytes` are not trusted to be well-formed.
  node_effects on_link_up(const link_peer& peer, time_point now, unix_ms wall);
  node_effects on_link_down(const link_peer& peer, link_end why, time_point now, unix_ms wall);
  node_effects on_message(const std::string& from, std::string_view bytes, time_point now, unix_ms wall);
  /// All rooms have carried out a `slots_moved` that had this report number.
  node_effects on_rooms_reported(std::uint64_t report, time_point now, unix_ms wall);
  /// A message of a room named a higher epoch than this node knows of: look it up.
  node_effects on_higher_epoch(std::uint16_t slot, std::uint64_t epoch, time_point now);

  /// Gives all slots away and takes none, or again takes some. Done when `slots_owned() == 0`.
  node_effects drain(bool on, time_point now, unix_ms wall);
  /// The last act: the record goes, peers are told. Nothing comes out of the machine afterwards.
  node_effects leave(time_point now);

  const slot_home& home_of(std::uint16_t slot) const { return slots_[slot].home; }
  std::uint16_t slots_owned() const;
  std::uint16_t slots_without_home() const;
  bool registry_up() const { return registry_up_; }
  /// The registry knows this node, under its id and number.
  bool leased() const { return now_ < lease_until_; }
  /// Every slot has a home that is alive, as far as this node knows, the registry's lease is its own, and it has joined.
  bool ready() const;
  /// Living nodes to which there is neither a link nor a refusal yet; 0 once there was none left, or `join_patience` is over.
  std::size_t links_awaited() const;
  /// Neither registry nor any peer can be reached although there were peers: this node must not order rooms any more.
  bool isolated(time_point now) const;
  std::vector<peer_status> peers() const;
  const node_counters& counters() const { return counters_; }
  /// As last read.
  const slot_pins& pins() const { return pins_; }
  /// Slots of which the registry's record, as last read, and what this node knows differ.
  std::uint16_t slots_disagreeing() const;
  const store_mark& mark() const { return mark_; }

 private:
  // Each call: `at`, the event, `finish`.
  void at(time_point now, unix_ms wall);
  node_effects finish();
  void note_that(std::string event, std::string text, bool warn = false);

  // Registry (node_machine_registry.cpp).
  void renew();
  void read();
  void ask_read(time_point when);
  time_point read_due() const;
  void renew_refused(const error& why);
  void registry_lost(const error& why);
  void registry_back();
  void see_mark(const store_mark& mark);
  void see_nodes(const registry_view& view);
  void see_slots(const registry_view& view);
  void tell_who_is_behind(const std::vector<std::uint16_t>& slots);
  bool leases_trusted() const { return now_ >= trust_leases_from_; }

  // Peers (node_machine_peers.cpp).
  peer* meet(const std::string& id, node_ref ref);
  peer* find(const std::string& id, node_ref ref);
  const peer* owner_of(const slot_state& s) const;
  void announce(peer& p);
  void see_peer(const seen_node& seen);
  void judge_peer(peer& p, const lease_sight& s);
  void bury(peer& p, const std::string& why);
  void retire(peer& p);
  bool any_linked() const;
  void watch_joining();
  bool away_too_long(const peer& p) const;
  std::uint64_t company() const;

  // Links and messages (node_machine_links.cpp).
  void tell(const std::string& to, node_message m);
  void gossip_to_all();
  homes homes_of(const std::vector<std::uint16_t>& slots) const;
  homes all_homes() const;
  void on_gossip(peer& p, const gossip& g);
  void on_homes(peer& p, const homes& h);
  void on_taken(peer& p, const taken& t);
  void on_reported(peer& p, const reported& r);

  // Slots (node_machine_slots.cpp).
  bool learn(std::uint16_t slot, const std::string& owner, node_ref node, std::uint64_t epoch);
  bool is_mine(const slot_state& s) const { return s.home.node == self_ && s.owner == me_.id; }
  bool names_me(const slot_record& r) const { return r.node == me_.id && r.incarnation == self_.incarnation; }
  node_ref ref_of(const slot_record& r) const;
  void begin_take(std::vector<slot_epoch> slots, bool moving);
  void stop_waiting(const std::string& peer);
  void expire_takes();
  void open_if_complete(std::uint64_t number);
  void open(const take& t);
  void flush_moved();
  void watch_isolation();
  void resume();

  // Claims (node_machine_claims.cpp).
  void plan();
  bool may_claim() const;
  void refresh_candidates();
  standing standing_of(const slot_state& s) const;
  std::optional<claim_kind> wish(std::uint16_t slot, bool can);
  std::optional<claim_kind> wish_mine(const slot_state& s) const;
  std::optional<claim_kind> wish_homeless(std::uint16_t slot, slot_state& s, bool can);
  std::optional<claim_kind> wish_move(std::uint16_t slot, slot_state& s, standing how);
  bool turn_has_come(std::uint16_t slot, const slot_state& s);
  bool may_rebalance();
  std::uint64_t epoch_floor(const slot_state& s) const;
  void send_claims(std::vector<flying_claim> wishes);
  void wake_at(time_point when);

  node_options o_;
  node_record me_;
  node_ref self_;
  node_counters counters_;
  node_effects out_;
  time_point now_{};
  unix_ms wall_ = 0;
  bool over_ = false; ///< left, or given up

  // The registry.
  bool registry_up_ = true;
  bool renewing_ = false, reading_ = false;
  time_point next_renew_{}, lease_until_{};
  std::optional<time_point> refused_since_;      ///< the registry does not want this node's id or number
  time_point last_read_{}, read_wanted_{time_point::max()};
  bool view_fresh_ = false;                      ///< `stored` of all slots is from the store that is there now
  store_mark mark_;
  std::uint64_t slots_version_ = 0;
  time_point registry_back_at_{}, trust_leases_from_{};
  std::optional<time_point> first_look_;         ///< starts the time to settle
  bool settled_ = false;
  bool joined_ = false;                          ///< links to all nodes that were there were up once, or refused, or waited for in vain

  std::map<std::string, peer> peers_;
  time_point next_gossip_{};

  std::vector<slot_state> slots_;
  std::set<std::uint16_t> moved_;                ///< to be told at the end of the call
  std::map<std::uint64_t, take> takes_;          ///< by the number that peers report
  std::map<std::uint64_t, std::uint64_t> own_reports_; ///< report number of own rooms -> take
  std::map<std::uint64_t, owed_report> owed_;    ///< by report number
  std::uint64_t next_number_ = 1;
  bool shut_ = false;                            ///< isolated: own slots are closed

  bool dirty_ = true;                            ///< something changed that may lead to claims
  time_point plan_at_{time_point::max()};        ///< when time alone may
  slot_pins pins_;
  candidates candidates_;
  std::vector<bool> quick_;                      ///< candidates that will take what is theirs without delay
  bool last_resort_ = false;                     ///< everybody is draining: homeless slots are taken all the same
  time_point candidates_since_{};
  std::optional<time_point> claiming_since_;     ///< this node may claim since
  std::vector<flying_claim> flying_;             ///< in the claim call that is out
  std::uint64_t rebalancing_ = 0;                ///< take of the last batch from living homes, until it is open
  time_point next_rebalance_{};
};

} // namespace troupe::cluster
