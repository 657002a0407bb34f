#pragma once
// What other programs may read of a cluster in its store: the names of the keys, and the changes that keep them true.
// docs/cluster.md has the table. Pure.

#include "base/time.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::cluster {

/// A kind of key; each has an id: of a node, a user, or a room as `public_room` writes it.
enum class key_kind : std::uint8_t {
  servers,      ///< "servers": set of nodes that have written keys; the id is empty
  connections,  ///< "connections:<node>": hash, socket -> user
  node_rooms,   ///< "rooms:<node>": set of rooms with members on the node
  user_sockets, ///< "user:<user>:sockets": set
  room,         ///< "room:<room>": set of sockets
  presence,     ///< "presence:<user>": one JSON object, as watchers see it; expires
  typing        ///< "typing:<room>": sorted set, user -> unix ms at which that ends; expires
};
inline constexpr std::size_t key_kinds = 7;
std::string_view to_string(key_kind k);

/// Without the configured prefix.
std::string key_name(key_kind k, std::string_view id);
/// What comes before the id; keys of the kind are those that begin so (and end in `key_suffix`).
std::string_view key_stem(key_kind k);
std::string_view key_suffix(key_kind k);

/// "lobby" in the namespace "/", "/admin,lobby" in another; a room of "/" whose name begins with a slash is "/,/odd". `key` as in
/// core/room/room_key.hpp.
std::string public_room(std::string_view key);
/// The key behind such a name.
std::string room_key_of_public(std::string_view name);

/// One entry of one key. Presence has no members: `member` is empty.
struct key_entry {
  key_kind kind = key_kind::servers;
  std::string id;
  std::string member;

  auto operator<=>(const key_entry&) const = default;
};

struct key_change {
  key_entry at;
  bool present = true;
  std::string value; ///< connections: the user; presence: the object; typing: the unix ms
  duration ttl{0};   ///< presence, typing: until the key is gone

  bool operator==(const key_change&) const = default;
};

/// What a key holds: members and their values (of sets "").
using key_content = std::map<std::string, std::string>;

/// Changes on their way out. Of several changes of one entry only the last remains; beyond the bound all are forgotten, and the
/// node's keys must be written anew.
class key_outbox {
 public:
  explicit key_outbox(std::size_t bound) : bound_(bound) {}

  /// False: there was no room, and everything has been forgotten.
  bool put(key_change c);
  /// Unless something newer waits for the same entry. These do not count against the bound: there are no more than entries.
  void put_if_absent(key_change c);
  /// At most so many, those of one key together.
  std::vector<key_change> take(std::size_t most);
  void clear() {
    waiting_.clear();
    beyond_ = 0;
  }
  std::size_t size() const { return waiting_.size(); }
  std::uint64_t coalesced() const { return coalesced_; }

 private:
  struct what {
    bool present;
    std::string value;
    duration ttl;
  };
  std::map<key_entry, what> waiting_;
  std::size_t bound_, beyond_ = 0; ///< beyond: put by `put_if_absent` since it was empty
  std::uint64_t coalesced_ = 0;
};

/// The clients of one life of a node, as its actors have them. Rooms are public names.
struct node_truth {
  std::string node;
  std::uint16_t number = 0;                             ///< stands in the ids of its sockets
  /// Of a dead node, which has nobody: the numbers of all that live. Whatever is none of theirs was its own.
  std::optional<std::set<std::uint16_t>> survivors;
  std::map<std::string, std::string> sockets;           ///< socket -> user, who may be ""
  std::map<std::string, std::set<std::string>> rooms;   ///< room -> sockets
  std::map<std::string, std::string> presence;          ///< users who are online and whose home the node is -> the object

  std::map<std::string, std::set<std::string>> users() const;
};

/// What the store holds around one node: its own keys, and those of the users and rooms that these or the truth name.
struct node_stored {
  key_content connections;
  key_content rooms;
  std::map<std::string, key_content> user_sockets, room_members;
  std::map<std::string, std::string> presence; ///< missing: expired
};
/// Which keys `node_stored` needs beyond the node's own, when those are there.
std::vector<std::pair<key_kind, std::string>> keys_to_read(const node_truth& t, const node_stored& s);

/// What has to change so that the store says of this node what is true. Entries of other nodes' sockets are left alone.
std::vector<key_change> differences(const node_truth& t, const node_stored& s);

/// Sockets of nodes that are not (`numbers`: of those that live): what nobody will take away. `contents` by (kind, id), of user
/// sockets, rooms and connections.
std::vector<key_change> strays(const std::map<std::pair<key_kind, std::string>, key_content>& contents,
                               const std::set<std::uint16_t>& numbers);

/// Those of `again` that `before` had, too: what was on its way at the first look has arrived at the second.
std::vector<key_change> confirmed(const std::vector<key_change>& before, std::vector<key_change> again);

} // namespace troupe::cluster
