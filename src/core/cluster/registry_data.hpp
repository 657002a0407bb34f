#pragma once
// What nodes write into the registry (ports/registry.hpp) and read from it.

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::cluster {

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

/// An operator's wish where a slot lives. It holds while that node lives; else the slot goes where it would without it.
struct slot_pin {
  std::string node;
  std::string why; ///< the room's key for whose sake the slot is pinned

  bool operator==(const slot_pin&) const = default;
};
using slot_pins = std::map<std::uint16_t, slot_pin>;

struct registry_view {
  store_mark mark;
  std::uint64_t slots_version = 0; ///< a changed pin counts as a change of its slot
  std::vector<seen_node> nodes;   ///< those whose lease lives
  std::vector<slot_record> slots; ///< one per slot, in order
  slot_pins pins = {};
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

} // namespace troupe::cluster
