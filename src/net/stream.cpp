#include "net/stream.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace troupe::net {

namespace {

io_result from_errno() {
  return {errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? io_status::would_block : io_status::closed, 0};
}

io_result from_ssl(SSL* s, int rc) {
  auto why = SSL_get_error(s, rc);
  ERR_clear_error();
  return {why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? io_status::would_block : io_status::closed, 0};
}

} // namespace

io_result stream::read(char* data, std::size_t size) {
  if (tls_) {
    auto n = SSL_read(tls_.get(), data, static_cast<int>(size));
    return n > 0 ? io_result{io_status::done, static_cast<std::size_t>(n)} : from_ssl(tls_.get(), n);
  }
  auto n = ::recv(fd_, data, size, MSG_DONTWAIT);
  if (n > 0)
    return {io_status::done, static_cast<std::size_t>(n)};
  return n == 0 ? io_result{io_status::closed, 0} : from_errno();
}

io_result stream::write(std::span<const iovec> buffers) {
  if (tls_)
    return write_tls(buffers);
  if (buffers.size() == 1) {
    auto n = ::send(fd_, buffers[0].iov_base, buffers[0].iov_len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return n >= 0 ? io_result{io_status::done, static_cast<std::size_t>(n)} : from_errno();
  }
  msghdr m{};
  m.msg_iov = const_cast<iovec*>(buffers.data());
  m.msg_iovlen = buffers.size();
  auto n = ::sendmsg(fd_, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
  return n >= 0 ? io_result{io_status::done, static_cast<std::size_t>(n)} : from_errno();
}

io_result stream::write_tls(std::span<const iovec> buffers) {
  std::size_t total = 0;
  for (auto& b : buffers) {
    if (b.iov_len == 0)
      continue;
    auto n = SSL_write(tls_.get(), b.iov_base, static_cast<int>(b.iov_len));
    if (n <= 0)
      return total > 0 ? io_result{io_status::done, total} : from_ssl(tls_.get(), n);
    total += static_cast<std::size_t>(n);
    if (static_cast<std::size_t>(n) < b.iov_len)
      break;
  }
  return {io_status::done, total};
}

void stream::shutdown_send() {
  if (tls_) {
    SSL_shutdown(tls_.get());
    ERR_clear_error();
  }
  ::shutdown(fd_, SHUT_WR);
}

void stream::close() {
  tls_.reset();
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

} // namespace troupe::net
