#pragma once

#include "actors/actor_layer.hpp"
#include "actors/answer_line.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace troupe::actors {

/// Broadcasts whose receivers on this node owe an ack; their acks go to whoever asked as they come. Any thread.
class broadcast_acks {
 public:
  /// Sends the event to the selected sockets of this node. False when too many broadcasts wait already.
  bool ask(hub& h, const selection& of, const cluster::ask_clients& what, answer_line to);
  /// A socket answers; false when nobody waits for this. A socket's second answer is ignored.
  bool on_ack(std::uint64_t id, std::string_view nsp, const std::string& socket_id, logic::arguments args);
  /// Time is over: what comes now is of no interest.
  void close(std::uint32_t id);
  /// At the end, when nobody is left to hear of it: whoever waits holds the hub that holds this.
  void forget_all();
  std::size_t size() const;

 private:
  struct waiting {
    std::string nsp;
    answer_line to;
    std::size_t shards_left = 0;
    std::size_t receivers = 0;
    std::set<std::string> answered = {};
    bool complete() const { return shards_left == 0 && answered.size() >= receivers; }
  };
  using table = std::map<std::uint32_t, waiting>;
  std::optional<std::uint32_t> open(std::string nsp, std::size_t shards, answer_line to);
  /// A shard has sent the event to so many sockets.
  void on_counted(std::uint32_t id, std::size_t receivers);

  static constexpr std::size_t max_waiting = 10'000;
  mutable std::mutex mutex_;
  std::uint32_t next_ = 0;
  table waiting_;
};

} // namespace troupe::actors
