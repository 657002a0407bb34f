#pragma once

#include "actors/actor_layer.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace troupe::actors {

/// Broadcasts that wait for their receivers' acks. Any thread.
class broadcast_acks {
 public:
  using callback = std::function<void(ack_summary)>;

  /// The id to send with the event; nothing when too many broadcasts wait. `shards`: how many counts will come.
  std::optional<std::uint32_t> open(std::string nsp, std::size_t shards, callback done);
  /// A shard has sent the event to so many sockets.
  void on_counted(std::uint32_t id, std::size_t receivers);
  /// A socket answers; false when nobody waits for this. A socket's second answer is ignored.
  bool on_ack(std::uint64_t id, std::string_view nsp, const std::string& socket_id, logic::arguments args);
  /// Time is over: `done` hears what came.
  void close(std::uint32_t id);
  std::size_t size() const;

 private:
  struct waiting {
    std::string nsp;
    std::size_t shards_left = 0;
    callback done;
    ack_summary summary;
    std::set<std::string> answered;
    bool complete() const { return shards_left == 0 && summary.answers.size() >= summary.expected; }
  };
  using table = std::map<std::uint32_t, waiting>;
  void finish(table::iterator i, std::unique_lock<std::mutex>& lock);

  static constexpr std::size_t max_waiting = 10'000;
  mutable std::mutex mutex_;
  std::uint32_t next_ = 0;
  table waiting_;
};

} // namespace troupe::actors
