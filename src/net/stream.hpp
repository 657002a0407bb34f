#pragma once
// A non-blocking TCP stream, plain or under TLS, without any buffer of its own.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <memory>
#include <span>

namespace troupe::net {

using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

struct ssl_deleter {
  void operator()(SSL* s) const { SSL_free(s); }
};
using ssl_ptr = std::unique_ptr<SSL, ssl_deleter>;

/// What a read or write attempt gave.
enum class io_status { done, would_block, closed };
struct io_result {
  io_status status = io_status::done;
  std::size_t bytes = 0;
};

/// Reads and writes are attempts that never block; readiness is awaited on `socket()`. TLS handshakes happen inside the
/// first reads. One thread at a time; may be moved to another io_context by `release` and a new stream.
class stream {
 public:
  stream(tcp_socket socket, ssl_ptr tls) : socket_(std::move(socket)), tls_(std::move(tls)) {}

  tcp_socket& socket() { return socket_; }
  bool secure() const { return tls_ != nullptr; }

  io_result read(char* data, std::size_t size);
  /// Writes as much of the buffers as the kernel takes, in order.
  io_result write(std::span<const iovec> buffers);
  /// TLS only: decrypted bytes are waiting inside, which no readiness event will announce.
  bool has_buffered_input() const { return tls_ && SSL_has_pending(tls_.get()); }

  /// Half-closes after the last byte was taken (TLS: with close_notify).
  void shutdown_send();

  /// Takes descriptor and TLS state out of this io_context.
  struct detached {
    int fd = -1;
    ssl_ptr tls;
  };
  detached release();

 private:
  io_result write_tls(std::span<const iovec> buffers);

  tcp_socket socket_;
  ssl_ptr tls_;
};

} // namespace troupe::net
