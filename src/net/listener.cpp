#include "net/listener.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace troupe::net {

namespace {

constexpr int backlog = 4096;
/// Per readiness event: those who are connected already must have their turn, too.
constexpr int accepts_per_event = 64;

/// When the process has no descriptor or memory left for a connection.
constexpr duration pause{100};

struct address {
  sockaddr_storage bytes{};
  socklen_t size = sizeof bytes;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
};

std::optional<address> numeric(const std::string& host, std::uint16_t port) {
  address a;
  auto& v4 = reinterpret_cast<sockaddr_in&>(a.bytes);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(a.bytes);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    a.size = sizeof v4;
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    a.size = sizeof v6;
  } else {
    return std::nullopt;
  }
  return a;
}

std::string text(address& a) {
  char out[INET6_ADDRSTRLEN] = "";
  if (a.bytes.ss_family == AF_INET)
    ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in&>(a.bytes).sin_addr, out, sizeof out);
  else
    ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6&>(a.bytes).sin6_addr, out, sizeof out);
  return out;
}

std::uint16_t port_of(int fd) {
  address a;
  ::getsockname(fd, a.get(), &a.size);
  return ntohs(a.bytes.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(a.bytes).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(a.bytes).sin6_port);
}

bool switch_on(int fd, int level, int option) {
  int one = 1;
  return ::setsockopt(fd, level, option, &one, sizeof one) == 0;
}

} // namespace

result<std::uint16_t> listener::listen(const std::string& host, std::uint16_t port) {
  auto at = numeric(host, port);
  if (!at)
    return error{"bad_address", "server.host is \"" + host + "\"; it must be an IP address such as 0.0.0.0, 127.0.0.1 or ::."};
  auto failed = [&](const char* step) {
    return error{"cannot_listen", "Cannot listen on " + host + ":" + std::to_string(port) + " (" + step + ": " +
                                    std::strerror(errno) + "). Is the port taken, or server.host no address of this machine?"};
  };
  fd_ = ::socket(at->bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0)
    return failed("open");
  if (!switch_on(fd_, SOL_SOCKET, SO_REUSEADDR) || !switch_on(fd_, SOL_SOCKET, SO_REUSEPORT))
    return failed("share");
  if (::bind(fd_, at->get(), at->size) != 0)
    return failed("bind");
  if (::listen(fd_, backlog) != 0)
    return failed("listen");
  if (!poller_.add(fd_, *this, poller::interest::read))
    return failed("poll");
  return port_of(fd_);
}

void listener::on_deadline(time_point) { poller_.change(fd_, *this, poller::interest::read); }

void listener::close() {
  if (fd_ < 0)
    return;
  unlink();
  poller_.remove(fd_, *this);
  ::close(std::exchange(fd_, -1));
}

void listener::on_ready(readiness) {
  for (int i = 0; i < accepts_per_event && fd_ >= 0 && accept_one(); ++i) {
  }
}

bool listener::accept_one() {
  address peer;
  auto fd = ::accept4(fd_, peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // The connection stays in the queue and the socket readable: asking again at once would only burn the CPU.
      poller_.change(fd_, *this, poller::interest::none);
      wheel_.schedule(*this, clock::now() + pause);
    }
    return errno == ECONNABORTED || errno == EINTR;
  }
  switch_on(fd, IPPROTO_TCP, TCP_NODELAY);
  accepted_(fd, text(peer));
  return true;
}

} // namespace troupe::net
