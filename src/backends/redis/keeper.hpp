#pragma once

#include "backends/redis/connection.hpp"

#include <random>

namespace troupe::redis {

/// Says where to connect; asked anew before each attempt, answers once.
using locator = std::function<void(std::function<void(result<endpoint>)>)>;

/// Keeps one connection up: finds the server, connects, and does it again after each end, with growing pauses. Loop thread only.
class keeper {
 public:
  struct hooks {
    std::function<void()> up;
    std::function<void(const error&)> down;   ///< an open connection ended
    std::function<void(const error&)> failed; ///< an attempt did not become a connection
  };
  /// `role` is for the log: "commands", "subscriptions".
  keeper(event_loop& loop, const options& o, tls_context* tls, std::string role, locator where, hooks h);
  ~keeper();

  void start();
  /// Nothing more is called.
  void stop();
  /// nullptr while there is none.
  connection* up() const { return connection_ && connection_->open_now() ? connection_.get() : nullptr; }
  /// Gives the connection up and looks for another one.
  void drop(const error& why);
  /// Why there is no connection; a clause for people.
  const std::string& trouble() const { return trouble_; }

 private:
  void attempt();
  void connect(const endpoint& to);
  void opened(result<server_facts> facts);
  void lost(const error& why);
  void again();

  event_loop& loop_;
  const options& options_;
  tls_context* tls_;
  std::string role_;
  locator where_;
  hooks hooks_;
  timer pause_;
  std::mt19937 random_;
  duration next_pause_;
  std::shared_ptr<connection> connection_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  server_facts before_;
  time_point since_{};
  std::string trouble_ = "not connected yet";
  bool said_ = false; ///< the log knows that there is no connection
};

} // namespace troupe::redis
