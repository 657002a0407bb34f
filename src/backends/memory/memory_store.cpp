#include "backends/memory/memory_store.hpp"

#include <algorithm>

namespace troupe::memory {

executor at_once() {
  return [](std::function<void()> f) { f(); };
}

memory_store::memory_store(std::function<time_point()> now) : now_(std::move(now)) {
  new_run();
}

void memory_store::set_up(bool up) {
  std::lock_guard in_order(order_);
  {
    std::lock_guard hold(lock_);
    if (up_ == up)
      return;
    up_ = up;
  }
  tell([up](listener& l) { l.on_up(up); });
}

bool memory_store::up() const {
  std::lock_guard hold(lock_);
  return up_;
}

void memory_store::restart(bool keep_data) {
  set_up(false);
  {
    std::lock_guard hold(lock_);
    if (!keep_data)
      data_ = {};
    new_run();
  }
  set_up(true);
}

memory_store::data memory_store::save() const {
  std::lock_guard hold(lock_);
  return data_;
}

void memory_store::restore(data d) {
  set_up(false);
  {
    std::lock_guard hold(lock_);
    data_ = std::move(d);
    new_run();
  }
  set_up(true);
}

void memory_store::new_run() {
  data_.table.begin_run("run-" + std::to_string(++runs_));
}

void memory_store::attach(const std::shared_ptr<listener>& l) {
  std::lock_guard in_order(order_);
  std::erase_if(listeners_, [](const auto& known) { return known.expired(); });
  listeners_.push_back(l);
}

void memory_store::tell_state(listener& l) {
  std::lock_guard in_order(order_);
  l.on_up(up());
}

bool memory_store::publish(const std::string& channel, const std::string& bytes) {
  std::lock_guard in_order(order_);
  if (!up())
    return false;
  tell([channel, bytes](listener& l) { l.on_published(channel, bytes); });
  return true;
}

/// What a listener causes is told after what it hears.
void memory_store::tell(event e) {
  untold_.push_back(std::move(e));
  if (telling_)
    return;
  telling_ = true;
  while (!untold_.empty()) {
    auto next = std::move(untold_.front());
    untold_.pop_front();
    for (const auto& weak : std::vector(listeners_))
      if (auto l = weak.lock())
        next(*l);
  }
  telling_ = false;
}

} // namespace troupe::memory
