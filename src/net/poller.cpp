#include "net/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace troupe::net {

namespace {

/// Rounded up: waking before the deadline would only mean to wait again.
int milliseconds_until(std::optional<time_point> until) {
  if (!until)
    return -1;
  auto now = clock::now();
  if (*until <= now)
    return 0;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

int checked(int fd, const char* what) {
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), what);
  return fd;
}

} // namespace

poller::poller() : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  event_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  epoll_event e{EPOLLIN, {}};
  if (event_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &e) != 0) {
    auto why = errno;
    ::close(event_);
    ::close(epoll_);
    throw std::system_error(why, std::generic_category(), "eventfd");
  }
}

poller::~poller() {
  ::close(event_);
  ::close(epoll_);
}

bool poller::add(int fd, pollable& who, interest what) {
  epoll_event e{static_cast<std::uint32_t>(what), {.ptr = &who}};
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e) == 0;
}

void poller::change(int fd, pollable& who, interest what) {
  epoll_event e{static_cast<std::uint32_t>(what), {.ptr = &who}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &e);
}

void poller::remove(int fd, pollable& who) {
  epoll_event unused{};
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &unused);
  for (auto i = next_; i < count_; ++i)
    if (ready_[i].data.ptr == &who)
      ready_[i].events = 0;
}

void poller::wait(std::optional<time_point> until) {
  auto n = ::epoll_wait(epoll_, ready_.data(), batch, milliseconds_until(until));
  // A process that was stopped goes on here: what came meanwhile is heard before timers say that nothing came.
  if (n < 0 && errno == EINTR)
    n = ::epoll_wait(epoll_, ready_.data(), batch, 0);
  asleep_.store(false, std::memory_order_relaxed);
  count_ = n > 0 ? static_cast<std::size_t>(n) : 0;
  next_ = 0;
}

void poller::dispatch() {
  while (next_ < count_) {
    auto& e = ready_[next_++];
    if (e.events == 0)
      continue;
    if (auto* who = static_cast<pollable*>(e.data.ptr)) {
      who->on_ready({(e.events & EPOLLIN) != 0, (e.events & EPOLLOUT) != 0, (e.events & (EPOLLERR | EPOLLHUP)) != 0});
    } else {
      std::uint64_t count;
      [[maybe_unused]] auto drained = ::read(event_, &count, sizeof count);
    }
  }
}

void poller::wake() {
  if (!asleep_.exchange(false, std::memory_order_seq_cst))
    return;
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(event_, &one, sizeof one);
}

} // namespace troupe::net
