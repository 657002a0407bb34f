#pragma once

#include "backends/redis/client.hpp"
#include "ports/offline_store.hpp"

namespace troupe::redis {

/// One stream a user, `<prefix>offline:<user>`, that other programs may read: entries of `n` (the namespace), `e` (the event's data
/// array), `a` (an attachment, repeatedly); `t` and `b` count bytes. Beside it one key for each name that was queued of late, and a hash of devices. Each call is
/// one script.
class redis_offline_store final : public ports::offline_store {
 public:
  redis_offline_store(std::shared_ptr<client> c, std::string prefix);

  void push(const std::string& user, ports::waiting what, const ports::queue_bounds& most, answer<ports::pushed> done) override;
  void read(const std::string& user, const ports::queue_bounds& most, answer<ports::queue_content> done) override;
  void remove(const std::string& user, std::vector<std::string> ids, answer<std::size_t> done) override;
  void mark(const std::string& user, const std::string& device, const std::string& id, const ports::queue_bounds& most, answer<bool> done) override;

 private:
  std::string key_of(const std::string& user) const;

  std::shared_ptr<client> client_;
  std::string prefix_;
};

} // namespace troupe::redis
