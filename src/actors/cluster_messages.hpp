#pragma once
// What the cluster actor is told: answers of the registry, news of links, and what rooms and operators want.

#include "base/error.hpp"
#include "core/cluster/node_status.hpp"
#include "ports/links.hpp"
#include "ports/registry.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

/// The registry's answers.
struct renewed_answer { result<ports::renewed> r; time_point sent; };
struct read_answer { result<ports::registry_view> r; };
struct claimed_answer { result<std::vector<ports::slot_grant>> r; };

/// A link is up; or it is not (`up` false), and why.
struct link_news { ports::link_peer peer; bool up = true; ports::link_end why = ports::link_end::left; };

/// A message for the node itself, over a link or the bus.
struct node_payload { std::string from; std::string bytes; };

/// Every room has carried out the slots' move with this number.
struct rooms_reported { std::uint64_t report = 0; };

/// A log or a message named a home of this epoch.
struct higher_epoch_seen { std::uint16_t slot = 0; std::uint64_t epoch = 0; };

/// What operators see of the cluster.
struct cluster_view {
  ports::node_record me;
  bool ready = false, registry_up = false, isolated = false, draining = false, leased = false;
  std::uint16_t slots_owned = 0, slots_without_home = 0;
  std::size_t links_awaited = 0; ///< of a node that has just started
  std::vector<cluster::peer_status> peers;
  cluster::node_counters counters;
  cluster::slot_pins pins;
};

/// Gives all slots away, or takes some again. `done` is let go when no slot is left, or draining was ended.
struct drain_slots { bool on = true; std::shared_ptr<void> done; };

/// The node's last act.
struct leave_cluster { std::shared_ptr<void> done; };

/// An operator's wish for the registry.
struct pin_slot { std::uint16_t slot = 0; ports::slot_pin where; std::function<void(result<bool>)> done; };

struct cluster_tick {};

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::renewed_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::read_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::claimed_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::link_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::node_payload)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::rooms_reported)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::higher_epoch_seen)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::drain_slots)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::leave_cluster)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::pin_slot)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::cluster_tick)
