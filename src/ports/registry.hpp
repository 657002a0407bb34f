#pragma once
// Where nodes find each other and the homes of slots. Redis, or memory for tests and a node of its own.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/registry_data.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace troupe::ports {

using cluster::node_record;
using cluster::slot_record;
using cluster::store_mark;
using cluster::renewed;
using cluster::seen_node;
using cluster::registry_view;
using cluster::slot_claim;
using cluster::slot_grant;
using cluster::slot_pin;

/// Guarantees: each call is atomic; calls of one object are carried out in order; `done` comes once, on a thread of the
/// registry's, also when the store is away (error `registry_unavailable`, within the configured timeout). A call whose `done`
/// was an error may or may not have been carried out. Any thread; never blocks.
class registry {
 public:
  template <class T>
  using answer = std::function<void(result<T>)>;

  virtual ~registry() = default;

  /// Writes the node's record and its lease for another `ttl`. Errors: `node_id_taken` (another incarnation's lease lives
  /// under this id), `node_number_taken`, `wrong_slot_count` (the cluster was made with another number of slots).
  virtual void renew(const node_record& me, duration ttl, answer<renewed> done) = 0;
  virtual void read(answer<registry_view> done) = 0;
  /// Each claim by itself: new epoch = max(stored epoch + 1, at_least). Grants come in the order of the claims.
  virtual void claim(const node_record& by, std::vector<slot_claim> claims, answer<std::vector<slot_grant>> done) = 0;
  /// Takes the node's record away, if it still is of this incarnation: its own at its end, or a dead one's by a peer.
  virtual void remove(const std::string& node, std::uint64_t incarnation, answer<bool> done) = 0;
  /// Pins a slot, or with an empty node takes its pin away. Error: `slot_pinned` (for the sake of another room, elsewhere).
  virtual void pin(std::uint16_t slot, slot_pin where, answer<bool> done) = 0;
};

} // namespace troupe::ports
