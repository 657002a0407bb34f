#pragma once
// A non-blocking TCP stream, plain or under TLS, without any buffer of its own.

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <memory>
#include <span>
#include <utility>

namespace troupe::net {

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

/// Owns a non-blocking descriptor. Reads and writes are attempts that never block; readiness is awaited by a poller. TLS
/// handshakes happen inside the first reads. One thread at a time.
class stream {
 public:
  stream(int fd, ssl_ptr tls) : fd_(fd), tls_(std::move(tls)) {}
  stream(stream&& other) noexcept : fd_(std::exchange(other.fd_, -1)), tls_(std::move(other.tls_)) {}
  stream& operator=(stream&&) = delete;
  void swap(stream& other) {
    std::swap(fd_, other.fd_);
    tls_.swap(other.tls_);
  }
  ~stream() { close(); }

  int fd() const { return fd_; }
  bool secure() const { return tls_ != nullptr; }

  io_result read(char* data, std::size_t size);
  /// Writes as much of the buffers as the kernel takes, in order.
  io_result write(std::span<const iovec> buffers);
  /// TLS only: decrypted bytes are waiting inside, which no readiness event will announce.
  bool has_buffered_input() const { return tls_ && SSL_has_pending(tls_.get()); }

  /// Half-closes after the last byte was taken (TLS: with close_notify).
  void shutdown_send();

  void close();

 private:
  io_result write_tls(std::span<const iovec> buffers);

  int fd_; ///< -1: closed
  ssl_ptr tls_;
};

} // namespace troupe::net
