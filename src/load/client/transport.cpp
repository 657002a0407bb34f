#include "load/client/transport.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

namespace troupe::load {
namespace {

io_count tls_result(SSL* ssl, int n) {
  if (n > 0)
    return n;
  switch (SSL_get_error(ssl, n)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE: return io_again;
  case SSL_ERROR_ZERO_RETURN: return io_closed;
  default: return io_failed;
  }
}

io_count plain_result(ssize_t n) {
  if (n >= 0)
    return n;
  return errno == EAGAIN || errno == EINTR ? io_again : io_failed;
}

} // namespace

io_count receive(client& c, char* to, std::size_t size) {
  if (!c.extras || !c.extras->ssl)
    return plain_result(::recv(c.fd, to, size, MSG_DONTWAIT));
  ERR_clear_error();
  errno = 0;
  return tls_result(c.extras->ssl.get(), SSL_read(c.extras->ssl.get(), to, static_cast<int>(size)));
}

io_count transmit(client& c, std::string_view bytes) {
  if (!c.extras || !c.extras->ssl)
    return plain_result(::send(c.fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
  ERR_clear_error();
  errno = 0;
  return tls_result(c.extras->ssl.get(), SSL_write(c.extras->ssl.get(), bytes.data(), static_cast<int>(bytes.size())));
}

bool target::loopback() const {
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
  return address.ss_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 24 == 127;
}

result<target> resolve(const url& u) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const int failure = getaddrinfo(u.host.c_str(), std::to_string(u.port).c_str(), &hints, &found);
  if (failure != 0)
    return error{"unknown_host", "the host " + u.host + " cannot be found: " + gai_strerror(failure)};
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, freeaddrinfo};
  for (int family : {AF_INET, AF_INET6}) // localhost is both, and servers listen on the former more often
    for (const auto* a = found; a; a = a->ai_next)
      if (a->ai_family == family) {
        target out{u, {}, a->ai_addrlen};
        std::memcpy(&out.address, a->ai_addr, a->ai_addrlen);
        return out;
      }
  return error{"unknown_host", "the host " + u.host + " has no address"};
}

int open_socket(const target& t, std::uint32_t source) {
  const int fd = ::socket(t.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -errno;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool ok = true;
  if (source > 0) {
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + source);
    ok = ::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0;
  }
  const auto* to = reinterpret_cast<const sockaddr*>(&t.address);
  if (ok && (::connect(fd, to, t.address_size) == 0 || errno == EINPROGRESS))
    return fd;
  const int failure = errno;
  ::close(fd);
  return -failure;
}

void cut_socket(int fd) {
  const linger reset{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(fd);
}

} // namespace troupe::load
