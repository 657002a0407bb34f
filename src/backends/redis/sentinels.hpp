#pragma once

#include "backends/redis/keeper.hpp"

namespace troupe::redis {

/// Asks Sentinels, one after the other, where the master is. Loop thread only; one question at a time is under way.
class sentinels {
 public:
  sentinels(event_loop& loop, const options& o, tls_context* tls) : loop_(loop), options_(o), tls_(tls) {}

  void find_master(std::function<void(result<endpoint>)> done);
  /// Nobody is answered any more.
  void stop();

 private:
  void ask_next();
  void ask();
  void answered(const result<reply>& r);
  void next_or_give_up(const std::string& why);
  void finish(result<endpoint> found);

  event_loop& loop_;
  const options& options_;
  tls_context* tls_;
  std::size_t current_ = 0; ///< the one that answered last is asked first
  std::size_t asked_ = 0;
  bool stopped_ = false;
  std::shared_ptr<connection> connection_;
  std::vector<std::function<void(result<endpoint>)>> waiting_;
};

} // namespace troupe::redis
