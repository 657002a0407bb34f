#include "app/node/drainer.hpp"

#include "base/log.hpp"

namespace troupe::app {

void drainer::use(actors::actor_layer* layer) {
  std::lock_guard lock(mutex_);
  layer_ = layer;
}

void drainer::begin(cluster::drain_options o, bool move_clients) {
  std::lock_guard lock(mutex_);
  looked_ = false;
  plan_.begin(o, move_clients, clock::now());
  if (layer_)
    layer_->drain(true, nullptr);
}

void drainer::cancel() {
  std::lock_guard lock(mutex_);
  plan_.cancel();
  clients_.turn_away(false);
  if (layer_)
    layer_->drain(false, nullptr);
}

void drainer::tick(const cluster_sums& now_has, time_point now) {
  std::lock_guard lock(mutex_);
  if (!plan_.under_way())
    return;
  seen_ = {now_has.slots, now_has.takers, clients_.sessions_open()};
  looked_ = true;
  const auto before = plan_.status().phase;
  const auto leave = plan_.step(seen_, now);
  clients_.turn_away(plan_.turns_away());
  if (leave > 0)
    clients_.close_some(leave, engineio::close_reason::server_shutting_down);
  if (const auto& s = plan_.status(); s.phase != before)
    log::info("drain", "phase={} slots={} clients={} moved={}", to_string(s.phase), seen_.slots, seen_.clients, s.moved);
  ticked_.notify_all();
}

bool drainer::wait(duration at_most) {
  std::unique_lock lock(mutex_);
  const auto over = [this] {
    return !plan_.under_way() || (looked_ && (plan_.status().phase == cluster::drain_phase::done || seen_.takers == 0));
  };
  return ticked_.wait_for(lock, at_most, over) && plan_.status().phase == cluster::drain_phase::done;
}

cluster::drain_status drainer::status() const {
  std::lock_guard lock(mutex_);
  return plan_.status();
}

} // namespace troupe::app
