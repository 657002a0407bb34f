#pragma once
// Bytes in and out of a connection, with or without TLS, and the opening of its socket.

#include "base/error.hpp"
#include "load/client/client.hpp"
#include "load/wire/url.hpp"

#include <cstddef>
#include <string_view>
#include <sys/socket.h>

namespace troupe::load {

/// A number of bytes, or one of these.
using io_count = std::ptrdiff_t;
constexpr io_count io_closed = 0;
constexpr io_count io_again = -1;
constexpr io_count io_failed = -2; ///< `errno` or OpenSSL's queue knows more

/// At most `size` bytes of what is there.
io_count receive(client& c, char* to, std::size_t size);
/// As much of `bytes` as the other side's window takes.
io_count transmit(client& c, std::string_view bytes);

/// A resolved URL.
struct target {
  url at;
  sockaddr_storage address{};
  socklen_t address_size = 0;

  bool loopback() const;
};

/// Errors: `unknown_host`.
result<target> resolve(const url& u);

/// Starts to connect without blocking. `source` n > 0 binds to 127.0.0.n. Returns the socket or -errno.
int open_socket(const target& t, std::uint32_t source);
/// Closes with a reset: nothing stays behind in TIME_WAIT to use up this machine's ports.
void cut_socket(int fd);

} // namespace troupe::load
