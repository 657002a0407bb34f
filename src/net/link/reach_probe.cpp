#include "net/link/reach_probe.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace troupe::net {
namespace {

constexpr int max_attempts = 5;
/// A process that dies closes its links a little before its listener.
constexpr duration pause{40};

} // namespace

reach_probe::reach_probe(link_loop& home, const socket_address& to, std::function<void()> refused)
  : home_(home), to_(to), refused_(std::move(refused)) {
  home_.wheel.schedule(*this, home_.now + duration(1));
}

reach_probe::~reach_probe() { close(); }

void reach_probe::close() {
  if (fd_ < 0)
    return;
  home_.poller.remove(fd_, *this);
  ::close(fd_);
  fd_ = -1;
}

void reach_probe::attempt() {
  ++attempts_;
  fd_ = ::socket(to_.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0)
    return;
  if (!home_.poller.add(fd_, *this, poller::interest::write)) {
    ::close(fd_);
    fd_ = -1;
    return;
  }
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to_.bytes), to_.size) != 0 && errno != EINPROGRESS)
    over(errno);
}

void reach_probe::on_ready(readiness) {
  int why = 0;
  socklen_t size = sizeof why;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &why, &size);
  over(why);
}

void reach_probe::over(int why) {
  close();
  if (why == ECONNREFUSED) {
    auto tell = std::move(refused_);
    return tell();
  }
  if (attempts_ < max_attempts)
    home_.wheel.schedule(*this, home_.now + pause);
}

void reach_probe::on_deadline(time_point) {
  close();
  attempt();
}

} // namespace troupe::net
