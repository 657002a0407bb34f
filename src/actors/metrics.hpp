#pragma once

#include "core/cluster/query_book.hpp"
#include "core/cluster/room_replica.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace troupe::actors {

/// One number that many threads change and one reads now and then.
class number {
 public:
  void add(std::int64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void sub(std::int64_t n = 1) { value_.fetch_sub(n, std::memory_order_relaxed); }
  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Refusals by error code. Refusals are rare, so a lock will do; the codes are a closed set of the program's own words.
class refusal_counts {
 public:
  void add(std::string_view code) {
    std::lock_guard lock(mutex_);
    auto i = counts_.find(code);
    if (i == counts_.end())
      i = counts_.emplace(counts_.size() < max_codes ? code : std::string_view("other"), 0).first;
    ++i->second;
  }
  std::map<std::string, std::uint64_t, std::less<>> snapshot() const {
    std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  static constexpr std::size_t max_codes = 256; // a library handler may invent codes
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

/// What the actors count; the app exports it. Gauges say so, the rest only grows.
struct metrics {
  number connections;         ///< gauge: connection actors
  number sockets;             ///< gauge: sockets (a connection in a namespace)
  number rooms;               ///< gauge: room actors
  number presences;           ///< gauge: presence actors
  number users_online;        ///< gauge: users with at least one socket
  number documents;           ///< gauge: rooms that are documents, with a version
  number memberships;         ///< gauge: sockets in rooms
  number pending_acks;        ///< gauge: server-to-client acks waiting

  number namespaces_joined;
  number connect_errors;
  number packets_in;          ///< Socket.IO packets decoded
  number events_in;
  number acks_in;
  number acks_out;            ///< answers to clients' acks, by connections, rooms and presences
  number events_out;          ///< events sent or submitted, a broadcast counts once
  number published;           ///< messages that got a room's sequence number
  std::array<number, 3> levels; ///< publishes in rooms with history that were acknowledged, by room::safety
  number duplicates;          ///< publishes and direct messages answered from memory
  number direct_delivered;
  number direct_queued;
  number direct_unreachable;  ///< nobody there and nothing queued
  number queue_delivered;     ///< queued direct messages that a socket was given
  number queue_dropped;       ///< queued direct messages that gave way to newer ones
  number volatile_dropped;    ///< volatile events for a socket that could not take them
  number ack_timeouts;
  number parse_errors;
  number protocol_violations;
  number ignored_packets;     ///< late or meaningless, harmless
  number tokens_expired;
  number actor_failures;      ///< actors that ended by an exception
  number actor_restarts;
  number handler_exceptions;  ///< application logic that threw
  number recoveries_asked;    ///< clients that wanted their session back
  number recoveries;          ///< of these, sessions that came back without a gap
  number takeovers;           ///< of these, from a transport that was half open
  number made_up;             ///< messages sent because their receiver was away when they were said
  number histories_deleted;   ///< with their rooms, by rule
  number histories_left;      ///< to expire: Redis was away, or a node could not be reached
  refusal_counts not_recovered; ///< by why
  refusal_counts refusals;
  cluster::replica_counters replicas;
  cluster::query_counters queries;
};

} // namespace troupe::actors
