#include "backends/redis/event_loop.hpp"

#include <algorithm>
#include <event2/event.h>
#include <pthread.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <unistd.h>

namespace troupe::redis {

event_loop::mailbox::mailbox() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0)
    throw std::runtime_error("no eventfd for the Redis client");
}

event_loop::mailbox::~mailbox() {
  close(wake_);
}

void event_loop::mailbox::put(task t) {
  if (tasks_.put(std::move(t)))
    eventfd_write(wake_, 1);
}

void event_loop::mailbox::run_all() {
  eventfd_t ignored;
  eventfd_read(wake_, &ignored);
  tasks_.drain([](task&& t) { t(); });
}

void event_loop::mailbox::drop_all() {
  tasks_.drain([](task&&) {});
}

event_loop::event_loop() : mail_(std::make_shared<mailbox>()), base_(event_base_new()) {
  if (!base_)
    throw std::runtime_error("no event loop for the Redis client");
  auto wake = [](evutil_socket_t, short, void* mail) { static_cast<mailbox*>(mail)->run_all(); };
  wake_event_ = event_new(base_, mail_->descriptor(), EV_READ | EV_PERSIST, wake, mail_.get());
  event_add(wake_event_, nullptr);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "redis");
    event_base_dispatch(base_);
  });
}

event_loop::~event_loop() {
  stop();
  mail_->drop_all(); // what it holds may hold timers
  event_free(wake_event_);
  event_base_free(base_);
}

void event_loop::stop() {
  if (!thread_.joinable())
    return;
  post([this] { event_base_loopbreak(base_); });
  thread_.join();
}

timer::timer(event_loop& loop, event_loop::task f) : f_(std::move(f)) {
  auto fire = [](evutil_socket_t, short, void* self) { static_cast<timer*>(self)->f_(); };
  event_ = evtimer_new(loop.base(), fire, this);
}

timer::~timer() {
  event_free(event_);
}

void timer::start(duration after) {
  after = std::max(after, duration{0});
  timeval t{static_cast<time_t>(after.count() / 1'000), static_cast<suseconds_t>(after.count() % 1'000 * 1'000)};
  evtimer_add(event_, &t);
}

void timer::stop() {
  evtimer_del(event_);
}

bool timer::running() const {
  return evtimer_pending(event_, nullptr);
}

} // namespace troupe::redis
