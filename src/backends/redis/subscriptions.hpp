#pragma once

#include "backends/redis/client.hpp"

#include <map>
#include <unordered_map>

namespace troupe::redis {

/// The connection that listens: which channels somebody wants, and which Redis sends. Loop thread only.
///
/// Redis confirms each SUBSCRIBE and UNSUBSCRIBE, and the next one for a channel waits for that: hiredis forgets a channel when
/// a late confirmation of UNSUBSCRIBE arrives, whatever was asked since.
class subscriptions {
 public:
  subscriptions(event_loop& loop, const options& o, metrics& counts, tls_context* tls, locator where);

  void start() { keeper_.start(); }
  void stop();
  void add(client::owner who, const std::string& channel, client::message_handler h);
  void remove(client::owner who, const std::string& channel);
  void on_state(client::owner who, client::state_handler h);
  void forget(client::owner who);

 private:
  struct channel {
    std::map<client::owner, client::message_handler> handlers;
    bool on = false;      ///< Redis sends it
    bool changing = false;///< the answer to the last request is open
  };
  void come_up();
  void go_down();
  void look_alive();
  void settle(const std::string& name);
  void read(const reply& push);
  void deliver(const std::string& name, const std::string& bytes);
  void tell(bool up);

  event_loop& loop_;
  const options& options_;
  metrics& counts_;
  std::unordered_map<std::string, channel> channels_;
  std::map<client::owner, client::state_handler> states_;
  std::string pulse_channel_; ///< always subscribed; asking for it again is the way to ask whether the connection lives
  bool up_ = false;
  time_point asked_{};        ///< about the pulse; zero when it is answered
  timer pulse_;
  keeper keeper_;
};

} // namespace troupe::redis
