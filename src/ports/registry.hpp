#pragma once
// Where nodes find each other and the homes of slots. Redis, or memory for tests and a node of its own.

#include "base/error.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::ports {

/// A node as it presents itself.
struct node_record {
  std::string id;                ///< server.node_id; unique in the cluster
  std::uint64_t incarnation = 0; ///< another one at each start, growing: unix time in ms
  std::uint16_t number = 0;      ///< goes into session and socket ids; unique in the cluster
  std::string host;              ///< under which other nodes reach it
  std::uint16_t port = 0;        ///< of its links
  std::string url;               ///< of its clients, for people; may be empty
  std::string version;
  bool draining = false;         ///< gives its slots away and takes none

  bool operator==(const node_record&) const = default;
};

/// Who orders the rooms of a slot. Epochs of a slot only grow.
struct slot_record {
  std::string node; ///< empty: nobody yet
  std::uint64_t incarnation = 0;
  std::uint64_t epoch = 0;

  bool operator==(const slot_record&) const = default;
};

/// What tells one store's life from another's: `generation` is gone with the data, `run` changes at each start of the server.
struct store_mark {
  std::string generation;
  std::string run;

  bool operator==(const store_mark&) const = default;
};

struct renewed {
  store_mark mark;
  std::uint64_t slots_version = 0; ///< grows with every change of a slot: who knows this one need not read
};

struct seen_node {
  node_record node;
  duration lease_left{0}; ///< until its record expires
};

struct registry_view {
  store_mark mark;
  std::uint64_t slots_version = 0;
  std::vector<seen_node> nodes;   ///< those whose lease lives
  std::vector<slot_record> slots; ///< one per slot, in order
};

/// A slot is taken from exactly the holder that is expected, or nothing happens.
struct slot_claim {
  std::uint16_t slot = 0;
  slot_record expected;
  std::uint64_t at_least = 0; ///< the new epoch is not smaller: above everything that the claimer knows of
};

struct slot_grant {
  std::uint16_t slot = 0;
  bool granted = false;
  slot_record now; ///< the holder after the call, whoever that is
};

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
};

} // namespace troupe::ports
