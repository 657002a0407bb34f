#include "backends/redis/redis_bus.hpp"

namespace troupe::redis {

redis_bus::redis_bus(std::shared_ptr<client> c, const std::string& cluster) :
  client_(std::move(c)), base_(client_->settings().prefix + cluster + ":") {}

redis_bus::~redis_bus() {
  client_->forget(this);
}

void redis_bus::publish(std::string channel, std::string bytes) {
  client_->publish(base_ + channel, std::move(bytes));
}

void redis_bus::subscribe(std::string channel, handler h) {
  client_->subscribe(
    this, base_ + channel, [h = std::move(h), skip = base_.size()](std::string_view full, std::string_view bytes) {
      h(full.substr(skip), bytes);
    });
}

void redis_bus::unsubscribe(const std::string& channel) {
  client_->unsubscribe(this, base_ + channel);
}

void redis_bus::on_state(state_handler h) {
  client_->on_state(this, std::move(h));
}

} // namespace troupe::redis
