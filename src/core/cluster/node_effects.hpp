#pragma once
// What a node's part in the cluster gives out.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/link_data.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/registry_data.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::cluster {

/// Where a slot's rooms are ordered, as this node knows.
struct slot_home {
  node_ref node;           ///< nobody yet: {}
  std::uint64_t epoch = 0;
  bool open = false;       ///< this node is the home and all reports are in (always false for others' slots)

  bool operator==(const slot_home&) const = default;
};

/// A call of ports::registry; its answer comes back by the `on_` function of the same name.
struct do_renew { node_record me; duration ttl; };
struct do_read {};
struct do_claim { std::vector<slot_claim> claims; };
/// Its answer is not needed.
struct do_remove { std::string node; std::uint64_t incarnation; };
/// Calls of ports::links. A `do_link` replaces an earlier one of the same node id, whose incarnation is another.
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

} // namespace troupe::cluster
