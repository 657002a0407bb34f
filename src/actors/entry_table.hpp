#pragma once

#include "base/time.hpp"

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace troupe::actors {

/// Key -> actor, with what outlives a failure of the actor. The table counts what was forwarded to an actor: one that wants
/// to end says how many messages it has seen, and only if these are all does its entry go, so none is lost on the way.
template <class Ledger>
class entry_table {
 public:
  struct entry {
    caf::actor actor;
    std::shared_ptr<Ledger> book;
    std::uint64_t forwarded = 0;
    unsigned failures = 0; ///< since `first_failure`
    time_point first_failure{};
  };

  entry* find(const std::string& key) {
    auto i = entries_.find(key);
    return i == entries_.end() ? nullptr : &i->second;
  }
  entry& add(const std::string& key, caf::actor actor, std::shared_ptr<Ledger> book) {
    entry e;
    e.actor = std::move(actor);
    e.book = std::move(book);
    return entries_.insert_or_assign(key, std::move(e)).first->second;
  }
  /// The entry's actor when it may end: it has seen everything.
  std::optional<entry> take_idle(const std::string& key, std::uint64_t seen) {
    auto i = entries_.find(key);
    if (i == entries_.end() || i->second.forwarded != seen)
      return std::nullopt;
    auto e = std::move(i->second);
    entries_.erase(i);
    return e;
  }
  void erase(const std::string& key) { entries_.erase(key); }
  /// Slow, for failures only.
  std::pair<const std::string, entry>* find_actor(const caf::actor_addr& who) {
    for (auto& pair : entries_)
      if (pair.second.actor == who)
        return &pair;
    return nullptr;
  }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }

 private:
  std::unordered_map<std::string, entry> entries_;
};

/// When users were last seen, after their presence has ended. The oldest is forgotten.
class last_seen_memory {
 public:
  void keep(const std::string& user, unix_ms at) {
    const auto [i, is_new] = seen_.insert_or_assign(user, at);
    if (is_new)
      order_.push_back(&i->first);
    if (order_.size() > max_users) {
      seen_.erase(seen_.find(*order_.front()));
      order_.pop_front();
    }
  }
  std::optional<unix_ms> find(const std::string& user) const {
    auto i = seen_.find(user);
    if (i == seen_.end())
      return std::nullopt;
    return i->second;
  }

 private:
  static constexpr std::size_t max_users = 20'000; // about 2 MB a shard
  std::unordered_map<std::string, unix_ms> seen_;
  std::deque<const std::string*> order_; ///< keys of `seen_`, which stay where they are
};

} // namespace troupe::actors
