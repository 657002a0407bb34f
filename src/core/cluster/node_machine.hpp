#pragma once
// One node's part in the cluster: who else is there, who is home of which slot, and what to do about it. Pure: time, answers
// and messages come in, effects come out. docs/cluster.md tells the protocol.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/link_data.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/registry_data.hpp"
#include "core/cluster/slots.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::cluster {

struct node_options {
  duration heartbeat{1'000};      ///< cluster.heartbeat_ms: renewal of the lease
  duration lease{5'000};          ///< cluster.lease_ms
  duration gossip{250};           ///< what nodes tell each other over their links
  duration settle{300};           ///< after the first look at the registry, before the first claim: peers that start together see each other
  duration takeover_step{400};    ///< a candidate waits this long for each better one
  duration open_timeout{1'000};   ///< how long a slot waits for reports of live peers
  duration registry_patience{1'000}; ///< a peer without its registry keeps its slots this long
  std::uint16_t rebalance_batch = 128; ///< slots that move at once from a live home to a better one
  duration rebalance_pause{50};   ///< between such batches
};

/// Where a slot's rooms are ordered, as this node knows.
struct slot_home {
  node_ref node;           ///< nobody yet: {}
  std::uint64_t epoch = 0;
  bool open = false;       ///< this node is the home and all reports are in (always false for others' slots)

  bool operator==(const slot_home&) const = default;
};

// -- effects --

/// A call of ports::registry; its answer comes back by the `on_` function of the same name.
struct do_renew { node_record me; duration ttl; };
struct do_read {};
struct do_claim { std::vector<slot_claim> claims; };
struct do_remove { std::string node; std::uint64_t incarnation; };
/// Calls of ports::links.
struct do_link { link_peer peer; std::string host; std::uint16_t port; };
struct do_unlink { std::string node; };
/// To one peer over its link, or (`to` empty) to all that are linked and over the bus as well.
struct do_tell { std::string to; std::string bytes; };
/// The slots' homes have changed: every room in them turns to its new home and reports, then `on_rooms_reported` is called with
/// the same `report` number (if it is not 0).
struct slots_moved {
  std::vector<std::pair<std::uint16_t, slot_home>> slots;
  std::uint64_t report = 0;
};
/// Reports are in: rooms of these slots, whose home this node is, may begin.
struct slots_opened { std::vector<std::pair<std::uint16_t, slot_home>> slots; };
/// A peer is there, or is gone for good (dead, left, or replaced by its next incarnation): rooms forget its members.
struct peer_came { node_ref node; std::string id; };
struct peer_gone { node_ref node; std::string id; };
/// For the log and the metrics: fixed kebab-case event and a sentence.
struct note { std::string event; std::string text; bool warn = false; };
/// This node cannot be part of the cluster (its id or number is taken, another slot count): it must end.
struct give_up { error why; };

using node_effect = std::variant<do_renew, do_read, do_claim, do_remove, do_link, do_unlink, do_tell, slots_moved, slots_opened, peer_came,
                                 peer_gone, note, give_up>;
using node_effects = std::vector<node_effect>;

/// What operators see of a peer.
struct peer_status {
  node_record record;
  bool linked = false;
  bool registry_up = true;  ///< by its own word
  bool dead = false;        ///< decided here; its slots are being taken
  duration lease_left{0};
  std::uint16_t slots = 0;
};

struct node_counters {
  std::uint64_t claims = 0, grants = 0, claims_lost = 0, takeovers = 0, moved_to_me = 0, moved_away = 0, peers_declared_dead = 0,
                open_timeouts = 0, registry_losses = 0, generations_changed = 0, reasserted = 0, stale_slot_news = 0,
                bad_messages = 0;
};

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
  /// The last act: the record goes, peers are told.
  node_effects leave(time_point now);

  const slot_home& home_of(std::uint16_t slot) const;
  std::uint16_t slots_owned() const;
  std::uint16_t slots_without_home() const;
  bool registry_up() const;
  /// Every slot has a home that is alive, as far as this node knows, and the registry's lease is its own.
  bool ready() const;
  /// Neither registry nor any peer can be reached although there were peers: this node must not order rooms any more.
  bool isolated(time_point now) const;
  std::vector<peer_status> peers() const;
  const node_counters& counters() const;
};

} // namespace troupe::cluster
