#pragma once

#include "backends/redis/client.hpp"
#include "ports/bus.hpp"

namespace troupe::redis {

/// PUBLISH and SUBSCRIBE; a channel reads `<prefix><cluster>:<channel>` in Redis. Handlers run on the client's thread.
/// After the destructor none is called.
class redis_bus final : public ports::bus {
 public:
  redis_bus(std::shared_ptr<client> c, const std::string& cluster);
  ~redis_bus() override;

  void publish(std::string channel, std::string bytes) override;
  void subscribe(std::string channel, handler h) override;
  void unsubscribe(const std::string& channel) override;
  /// Hears the state at once, then every change.
  void on_state(state_handler h) override;

 private:
  std::shared_ptr<client> client_;
  std::string base_;
};

} // namespace troupe::redis
