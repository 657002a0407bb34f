#include "net/link/secure_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace troupe::net {

namespace {

/// Not yet sent by the kernel: what a heartbeat may have to wait behind.
constexpr int unsent_in_kernel = 128 * 1024;
/// A busy peer must not starve the others.
constexpr int reads_per_event = 4;

bool again(int why) { return why == EAGAIN || why == EWOULDBLOCK || why == EINTR; }

} // namespace

bool secure_socket::connect(const socket_address& to) {
  fd_ = ::socket(to.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || !home_.poller.add(fd_, *this, poller::interest::write)) {
    close();
    return false;
  }
  tune();
  connecting_ = true;
  // Whatever it says, the poller tells the result.
  [[maybe_unused]] auto begun = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to.bytes), to.size);
  if (begun != 0 && errno != EINPROGRESS) {
    const auto why = errno;
    close();
    errno = why;
    return false;
  }
  return true;
}

bool secure_socket::adopt(int fd) {
  fd_ = fd;
  tune();
  heard_at_ = sent_at_ = home_.now;
  return home_.poller.add(fd_, *this, poller::interest::read);
}

void secure_socket::tune() {
  int one = 1, unsent = unsent_in_kernel;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void secure_socket::on_ready(readiness what) {
  if (connecting_)
    return on_connected();
  if (what.readable || what.broken)
    read_now();
  if (fd_ >= 0 && what.writable && std::exchange(write_waiting_, false)) {
    tell_interest();
    if (flush() && unsent() == 0)
      user_->on_drained();
  }
}

void secure_socket::on_connected() {
  int why = 0;
  socklen_t size = sizeof why;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &why, &size);
  if (why != 0)
    return lose(why == ECONNREFUSED ? loss::refused : loss::unreachable);
  connecting_ = false;
  heard_at_ = sent_at_ = home_.now;
  tell_interest();
  shake_hands();
}

// -- reading ----------------------------------------------------------------------------------------------------------

void secure_socket::read_now() {
  for (int i = 0; i < reads_per_event && fd_ >= 0 && !connecting_ && !input_ended_; ++i) {
    auto room = home_.encrypted.size();
    if (over_limit())
      return lose(loss::tls);
    if (input_limit_ != 0)
      room = std::min(room, input_limit_ - received_); // behind a peer's hello there may be much more at once
    auto n = ::recv(fd_, home_.encrypted.data(), room, MSG_DONTWAIT);
    if (n < 0 && again(errno))
      return;
    if (n <= 0) {
      input_ended_ = true;
      return lose(n == 0 ? loss::ended : loss::broken);
    }
    received_ += static_cast<std::size_t>(n);
    metrics::add(counters_.bytes_in, static_cast<std::uint64_t>(n));
    heard_at_ = home_.now;
    pipe_->feed({home_.encrypted.data(), static_cast<std::size_t>(n)});
    if (secured_)
      read_plain();
    else
      shake_hands();
    if (static_cast<std::size_t>(n) < room)
      return;
  }
}

void secure_socket::shake_hands() {
  auto what = pipe_->handshake();
  if (what == tls_pipe::status::failed || what == tls_pipe::status::closed || (what == tls_pipe::status::done && !pipe_->proved())) {
    // The alert tells an honest peer why.
    while (unsent() > 0) {
      auto n = ::send(fd_, pipe_->output().data() + sent_, unsent(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n <= 0)
        break;
      sent_ += static_cast<std::size_t>(n);
    }
    return lose(loss::tls);
  }
  if (what == tls_pipe::status::done) {
    secured_ = true;
    user_->on_secured();
  }
  if (fd_ < 0 || !flush() || !secured_)
    return;
  read_plain();
}

void secure_socket::read_plain() {
  while (fd_ >= 0) {
    auto r = pipe_->read(home_.plain.data(), home_.plain.size());
    if (r.what == tls_pipe::status::need_input)
      return;
    if (r.what != tls_pipe::status::done)
      return lose(r.what == tls_pipe::status::closed ? loss::ended : loss::tls);
    user_->on_plain({home_.plain.data(), r.bytes});
  }
}

// -- writing ----------------------------------------------------------------------------------------------------------

void secure_socket::write(std::string_view plain) {
  if (fd_ >= 0 && secured_ && !output_ended_ && !pipe_->write(plain))
    lose(loss::tls);
}

bool secure_socket::flush() {
  auto& out = pipe_->output();
  while (fd_ >= 0 && !write_waiting_ && sent_ < out.size()) {
    auto n = ::send(fd_, out.data() + sent_, out.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && again(errno)) {
      write_waiting_ = true;
      tell_interest();
      return true;
    }
    if (n < 0) {
      lose(loss::broken);
      return false;
    }
    sent_ += static_cast<std::size_t>(n);
    sent_at_ = home_.now;
    metrics::add(counters_.bytes_out, static_cast<std::uint64_t>(n));
  }
  if (fd_ < 0)
    return false;
  if (sent_ == out.size()) {
    out.clear();
    sent_ = 0;
    if (output_ended_)
      ::shutdown(fd_, SHUT_WR);
  }
  return true;
}

void secure_socket::end_output() {
  if (fd_ < 0 || output_ended_)
    return;
  if (secured_)
    pipe_->write_end();
  output_ended_ = true;
  flush();
}

void secure_socket::tell_interest() {
  home_.poller.change(fd_, *this, write_waiting_ ? poller::interest::both : poller::interest::read);
}

void secure_socket::lose(loss why) {
  if (fd_ < 0)
    return;
  close();
  user_->on_lost(why);
}

stream secure_socket::release() {
  home_.poller.remove(fd_, *this);
  auto fd = std::exchange(fd_, -1);
  return stream(fd, pipe_->release(fd));
}

void secure_socket::close() {
  if (fd_ < 0)
    return;
  home_.poller.remove(fd_, *this);
  ::close(std::exchange(fd_, -1));
}

} // namespace troupe::net
