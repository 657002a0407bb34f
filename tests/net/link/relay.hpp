#pragma once
// A TCP relay on loopback that can stop relaying without closing anything, or break everything.

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::testing {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

/// A blocking connection; -1: refused.
inline int connect_to(std::uint16_t port) {
  auto a = loopback(port);
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0)
    return fd;
  ::close(fd);
  return -1;
}

class relay {
 public:
  explicit relay(std::uint16_t to) : to_(to), event_(::eventfd(0, EFD_NONBLOCK)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto a = loopback(0);
    socklen_t size = sizeof a;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&a), size) != 0 || ::listen(listener_, 16) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&a), &size);
    port = ntohs(a.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~relay() {
    order(quit);
    thread_.join();
    ::close(listener_);
    ::close(event_);
  }

  /// The pairs that exist now relay nothing any more; new ones do.
  void freeze() { order(frozen); }
  /// Both ends of every pair are reset.
  void cut() { order(cut_all); }

  std::uint16_t port = 0;

 private:
  enum what { nothing, quit, frozen, cut_all };
  struct pair {
    std::array<int, 2> fds;
    bool frozen = false;
  };

  void order(what w) {
    order_ = w;
    std::uint64_t one = 1;
    [[maybe_unused]] auto n = ::write(event_, &one, sizeof one);
    while (order_ != nothing)
      std::this_thread::yield();
  }

  void run() {
    for (bool over = false; !over;) {
      std::vector<pollfd> all{{event_, POLLIN, 0}, {listener_, POLLIN, 0}};
      for (auto& p : pairs_)
        for (int fd : p.fds)
          all.push_back({p.frozen ? -1 : fd, POLLIN, 0});
      ::poll(all.data(), all.size(), -1);
      for (std::size_t i = pairs_.size(); i-- > 0;)
        for (std::size_t k = 0; k < 2; ++k)
          if (all[2 + 2 * i + k].revents && !carry(pairs_[i].fds[k], pairs_[i].fds[1 - k])) {
            close_pair(i, false);
            break;
          }
      if (all[1].revents)
        accept();
      if (all[0].revents)
        over = obey();
    }
    while (!pairs_.empty())
      close_pair(0, false);
  }
  bool obey() {
    std::uint64_t count;
    [[maybe_unused]] auto n = ::read(event_, &count, sizeof count);
    for (auto& p : pairs_)
      p.frozen = p.frozen || order_ == frozen;
    while (order_ == cut_all && !pairs_.empty())
      close_pair(0, true);
    return order_.exchange(nothing) == quit;
  }
  void accept() {
    int from = ::accept(listener_, nullptr, nullptr), to = connect_to(to_);
    if (to >= 0)
      pairs_.push_back({{from, to}});
    else
      ::close(from);
  }
  bool carry(int from, int to) {
    auto n = ::recv(from, buffer_.data(), buffer_.size(), 0);
    return n > 0 && ::send(to, buffer_.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL) == n;
  }
  void close_pair(std::size_t i, bool reset) {
    for (int fd : pairs_[i].fds) {
      linger now{1, 0};
      if (reset)
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      ::close(fd);
    }
    pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  std::uint16_t to_;
  int event_;
  int listener_ = -1;
  std::atomic<what> order_{nothing};
  std::vector<pair> pairs_;
  std::array<char, 65536> buffer_;
  std::thread thread_;
};

} // namespace troupe::testing
