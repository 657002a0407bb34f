#pragma once

#include "backends/redis/link.hpp"
#include "backends/redis/script.hpp"

#include <string_view>

namespace troupe::redis {

class client_core;

/// The way to Redis: a server, one that Sentinels name, or a Redis Cluster. Two connections (a Redis Cluster: one more for each
/// node) on a thread of its own, which come back by themselves. Any thread may call; nothing blocks, but the destructor.
///
/// Commands go out in the order of the calls and are answered once, on the client's thread, within the timeout. An error
/// means that Redis was away (`redis_unavailable`), too slow (`redis_timeout`) or had too much waiting (`redis_busy`); whether
/// the command was carried out is then open, but not that it comes later: the next connection ends the one before.
class client {
 public:
  using done = std::function<void(result<answer>)>;
  using message_handler = std::function<void(std::string_view channel, std::string_view bytes)>;
  using state_handler = std::function<void(bool up)>;
  using owner = const void*; ///< who subscribed; several may share a channel

  /// Connects in the background. Errors: `redis_tls`.
  static result<std::shared_ptr<client>> make(options o);
  ~client();
  /// Answers everything that waits; when it returns nobody is called any more, and what is sent from then on is not answered. Not
  /// from the client's own thread; by whoever destroys it.
  void end();
  client(const client&) = delete;

  /// `route` is a key of the command, empty when it has none.
  void send(command c, std::string route, done d);
  /// The first key is the route.
  void run(const script& s, const std::vector<std::string>& keys, std::vector<std::string> arguments, done d);
  /// One server's word on its replicas; `run` as in `answer`, `last` when no other server will speak.
  using replicas_word = std::function<void(const std::string& run, bool reached, bool last)>;
  /// Asks the servers that have these keys whether so many replicas of each have all that this client has written there so far, as far
  /// as it has been answered: a command may have taken a detour. Each gives its word within `at_most`, which is less than the timeout;
  /// what is sent there meanwhile waits.
  void wait_for_replicas(std::vector<std::string> keys, std::size_t replicas, duration at_most, replicas_word d);
  /// Dropped, and counted, while Redis is away.
  void publish(std::string channel, std::string bytes);

  /// Handlers run on the client's thread and must not block.
  void subscribe(owner who, std::string channel, message_handler h);
  void unsubscribe(owner who, std::string channel);
  /// Hears the state at once, then every change: whether all subscriptions work.
  void on_state(owner who, state_handler h);
  /// Takes everything of this owner's away; when it returns none of its handlers runs, unless it is called by one.
  void forget(owner who);

  /// Commands work.
  bool up() const;
  const metrics& counters() const;
  const options& settings() const;

 private:
  explicit client(std::unique_ptr<client_core> core);
  std::unique_ptr<client_core> core_;
  bool ended_ = false;
};

} // namespace troupe::redis
