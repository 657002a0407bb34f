#pragma once

#include "core/cluster/public_keys.hpp"
#include "core/presence/presence_model.hpp"
#include "ports/bus.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

struct keys_options {
  std::size_t max_waiting = 100'000;   ///< cluster.keys.max_waiting: changes on their way to the store
  bool publish_messages = false;       ///< cluster.keys.publish_messages
  bool accept_messages = false;        ///< cluster.keys.accept_messages
  duration check_interval{300'000};    ///< cluster.keys.check_interval_ms; 0: never by itself
  std::size_t commands_at_once = 1'000;///< what may wait for the store together
  duration presence_ttl{60'000};       ///< of a user who is online
  duration last_seen_ttl{2'592'000'000};///< presence.last_seen_ttl_s: of one who is not
  duration presence_heartbeat{30'000};
};

/// Since the start; any thread.
struct keys_metrics {
  using counter = std::atomic<std::uint64_t>;
  counter waiting{0};        ///< changes now
  counter changes{0};        ///< of entries, by this node's clients
  counter coalesced{0};      ///< of these, those that a later one replaced before they left
  counter batches{0};
  counter commands{0};
  counter failures{0};       ///< batches that the store did not take
  counter overflows{0};      ///< times that too much waited
  counter rewrites{0};       ///< times that all keys of the node were compared and corrected, after a loss
  counter published{0};
  counter accepted{0}, refused{0}; ///< messages that came by this node's channel
  counter checks{0};
  counter checks_failed{0};
  counter found{0}, repaired{0};   ///< entries that were wrong
  counter nodes_reaped{0}, entries_reaped{0};
};

/// What other programs may read of this node: told by its actors as it happens, taken by the keys' actor. Any thread; a call costs
/// a lock and a place in a table, never a wait for the store.
class public_record {
 public:
  /// `wake` is called when something waits that did not before.
  public_record(std::string node, keys_options o, ports::bus& bus, std::function<void()> wake);

  // -- what happens; rooms by key --
  void socket_came(const std::string& socket, const std::string& user);
  void socket_went(const std::string& socket, const std::string& user);
  void joined(std::string_view room, const std::string& socket);
  void left(std::string_view room, const std::string& socket);
  void typing(std::string_view room, const std::string& user, bool active, unix_ms until, duration ttl);
  /// Of a user whose home this node is.
  void presence(const std::string& user, const presence::state& s);
  /// And no longer is.
  void presence_moved(const std::string& user);
  void slots(std::uint16_t owned, std::uint16_t disagreeing, std::uint16_t without_home);
  bool publishes_messages() const { return options_.publish_messages; }
  /// To the channel "room:<room>".
  void message(std::string_view room, const std::string& json);

  // -- for the keys' actor --
  std::vector<cluster::key_change> take(std::size_t most);
  void add(cluster::key_change c);
  /// Only where nothing newer waits; gives how many of them that were.
  std::size_t add_older(std::vector<cluster::key_change> changes);
  void forget_waiting();
  /// Since the last call more came than there was room for.
  bool take_overflow();
  std::map<std::string, std::string> present_users() const;
  /// Says once more that a part of the users is here: part `i` of `n`.
  void refresh_presence(std::size_t i, std::size_t n);
  struct slot_counts { std::uint16_t owned = 0, disagreeing = 0, without_home = 0; };
  slot_counts slots() const;

  const std::string& node() const { return node_; }
  const keys_options& options() const { return options_; }
  keys_metrics counts;

 private:
  void put(cluster::key_change c); ///< under the lock

  const std::string node_;
  const keys_options options_;
  ports::bus& bus_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  cluster::key_outbox waiting_;
  bool overflowed_ = false;
  std::unordered_map<std::string, std::uint32_t> members_; ///< of rooms on this node
  std::map<std::string, std::string> present_;             ///< users whose home this is and who are online
  slot_counts slots_;
};

} // namespace troupe::actors
