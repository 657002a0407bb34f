#pragma once
// What a cluster lets other programs read in its store (core/cluster/public_keys.hpp names the keys).

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/cluster/public_keys.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::ports {

using cluster::key_change;
using cluster::key_content;
using cluster::key_kind;

/// Guarantees: `done` comes once, on a thread of the store's; the error is `keys_unavailable`, after which any part of the call may
/// have been carried out. Calls of one object are carried out in order. Any thread; never blocks.
class public_keys {
 public:
  template <class T>
  using answer = std::function<void(result<T>)>;
  using key = std::pair<key_kind, std::string>; ///< kind and id

  virtual ~public_keys() = default;

  /// All changes at one go, those of one key that follow each other by one command. Gives the number of commands.
  virtual void write(std::vector<key_change> changes, answer<std::size_t> done) = 0;
  /// The contents in the order of the keys. Of presence the object is the value of the member ""; typing has its times.
  virtual void read(std::vector<key> keys, answer<std::vector<key_content>> done) = 0;
  /// The ids of all keys of a kind, by looking through the whole store: slow, for checks that somebody asked for. In a Redis
  /// Cluster only those of one of its nodes.
  virtual void scan(key_kind kind, answer<std::vector<std::string>> done) = 0;
  /// True for one caller of all nodes, until `ttl` is over.
  virtual void once(const std::string& what, duration ttl, answer<bool> done) = 0;
};

} // namespace troupe::ports
