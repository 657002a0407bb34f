#pragma once
// What the actor behind the keys for other programs is told.

#include "core/cluster/doctor.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/registry_data.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <functional>
#include <string>
#include <vector>

namespace troupe::actors {

/// A socket as its connection has it; rooms by name.
struct socket_entry { std::string id, nsp, user; std::vector<std::string> rooms; };

/// What operators hear of a check of all nodes.
struct doctor_outcome {
  bool repair = false;
  std::vector<cluster::doctor_report> nodes; ///< this one first
  std::vector<std::string> silent;           ///< nodes that live and did not answer
};

/// Something waits for the store.
struct keys_waiting {};
struct keys_tick {};
/// Runs in the actor: the rest of something that had to wait.
struct keys_continue { std::function<void()> what; };
/// The registry knows this node, or does no longer; `store` is another one after a restart.
struct keys_lease { bool leased = false; cluster::store_mark store; };
struct keys_node_gone { std::string id; };
/// `done` comes once, on the actor's thread.
struct keys_check { bool repair = true; std::function<void(doctor_outcome)> done; };
/// Another node's part of a check (core/cluster/doctor.hpp).
struct keys_from_peer { std::string from; std::string payload; };
/// When was the user last seen, by what is stored? Answered by presence_remembered.
struct keys_last_seen { std::string user; };
/// A message of the channel "server:<node>".
struct keys_letter { std::string json; };

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_waiting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_continue)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_lease)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_node_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_from_peer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_letter)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::keys_last_seen)
