#include "backends/memory/memory_bus.hpp"

#include <unordered_map>

namespace troupe::memory {

/// Lives on while a delivery is on its way.
class memory_bus::ears final : public memory_store::listener, public std::enable_shared_from_this<ears> {
 public:
  explicit ears(executor deliver) : deliver_(std::move(deliver)) {}

  void on_published(const std::string& channel, const std::string& bytes) override {
    if (find(channel))
      deliver_([self = shared_from_this(), channel, bytes] { self->hand_over(channel, bytes); });
  }
  void on_up(bool up) override {
    deliver_([self = shared_from_this(), up] { self->say(up); });
  }

  void set(std::string channel, std::shared_ptr<handler> h) {
    std::lock_guard hold(lock_);
    if (h)
      handlers_[std::move(channel)] = std::move(h);
    else
      handlers_.erase(channel);
  }
  void set_state(state_handler h) {
    std::lock_guard hold(lock_);
    state_ = std::make_shared<state_handler>(std::move(h));
  }
  void close() {
    std::lock_guard not_while_one_runs(running_);
    std::lock_guard hold(lock_);
    handlers_.clear();
    state_.reset();
  }

 private:
  std::shared_ptr<handler> find(const std::string& channel) {
    std::lock_guard hold(lock_);
    auto at = handlers_.find(channel);
    return at == handlers_.end() ? nullptr : at->second;
  }
  void hand_over(const std::string& channel, const std::string& bytes) {
    std::lock_guard one(running_);
    if (auto h = find(channel)) // as it is now: unsubscribe() counts from its return
      (*h)(channel, bytes);
  }
  void say(bool up) {
    std::lock_guard one(running_);
    std::shared_ptr<state_handler> h;
    {
      std::lock_guard hold(lock_);
      h = state_;
    }
    if (h && *h)
      (*h)(up);
  }

  executor deliver_;
  std::recursive_mutex running_; ///< recursive: a handler may end its bus
  std::mutex lock_;
  std::unordered_map<std::string, std::shared_ptr<handler>> handlers_;
  std::shared_ptr<state_handler> state_;
};

memory_bus::memory_bus(std::shared_ptr<memory_store> store, executor deliver) :
  store_(std::move(store)), ears_(std::make_shared<ears>(std::move(deliver))) {
  store_->attach(ears_);
}

memory_bus::~memory_bus() {
  ears_->close();
}

void memory_bus::publish(std::string channel, std::string bytes) {
  if (!store_->publish(channel, bytes))
    ++dropped_;
}

void memory_bus::subscribe(std::string channel, handler h) {
  ears_->set(std::move(channel), std::make_shared<handler>(std::move(h)));
}

void memory_bus::unsubscribe(const std::string& channel) {
  ears_->set(channel, nullptr);
}

void memory_bus::on_state(state_handler h) {
  ears_->set_state(std::move(h));
  store_->tell_state(*ears_);
}

} // namespace troupe::memory
