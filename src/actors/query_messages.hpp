#pragma once
// What the query actor is told. Everything reaches it through the directory part of the first shard.

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/node_ref.hpp"
#include "core/cluster/query_book.hpp"
#include "core/cluster/query_wire.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

namespace troupe::actors {

/// A question of this node's. `done` is called once; without it nobody waits and no answer is sent.
struct query_ask {
  enum class whom { everybody, here, others, one };
  cluster::question_body body;
  whom to = whom::everybody;
  std::uint16_t node = 0; ///< the number of the `one`, which is not this node's
  duration timeout{0};
  std::function<void(result<cluster::query_outcome>)> done; ///< error: `overloaded`
};

/// A part of this node's own answer.
struct query_part {
  cluster::answer what;
};

/// A question or a part of an answer of another node.
struct query_from_peer {
  cluster::node_ref from;
  std::string id;
  std::string bytes;
};

/// The way to another node has broken.
struct query_peer_lost {
  cluster::node_ref node;
};

using query_op = std::variant<query_ask, query_part, query_from_peer, query_peer_lost>;

} // namespace troupe::actors
