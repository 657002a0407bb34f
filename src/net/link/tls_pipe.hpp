#pragma once
// TLS without a socket: encrypted bytes go in and come out as memory, so that many records leave in one system call.

#include "net/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::net {

/// Of TLS on a socket: buffers are given back while idle; a partial write may continue from another address.
inline constexpr long socket_modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;

/// One side of a TLS connection. One thread at a time.
class tls_pipe {
 public:
  enum class status {
    done,
    need_input,
    closed, ///< the peer has said that nothing more comes
    failed  ///< see `reason`; an alert for the peer may be in `output`
  };
  struct read_result {
    status what;
    std::size_t bytes;
  };

  /// `ssl` has its role already; `records_per_key`: then the sending key is changed.
  tls_pipe(ssl_ptr ssl, std::uint64_t records_per_key);
  ~tls_pipe();
  tls_pipe(const tls_pipe&) = delete;
  tls_pipe& operator=(const tls_pipe&) = delete;

  /// What came. Valid until `handshake` or `read` has asked for more.
  void feed(std::span<const char> encrypted) { input_ = encrypted; }
  status handshake();
  read_result read(char* to, std::size_t size);
  /// After the handshake. Everything is encrypted at once, in records of 16 KB. False: failed.
  bool write(std::string_view plain);
  void write_end();

  /// What is to be sent; whoever sends takes it from the front.
  std::string& output() { return output_; }
  /// Both sides have proved the same key.
  bool proved() const { return SSL_session_reused(ssl_.get()) == 1; }
  /// OpenSSL's number for what failed (SSL_R_...); 0: nothing has.
  int reason() const { return reason_; }

  /// The connection goes on without this pipe, on the socket itself; all that was fed has been read, all output sent.
  ssl_ptr release(int fd);

  bool foreign_cluster = false; ///< set when the peer named another cluster

 private:
  friend struct pipe_bio;
  status judge(int rc);

  std::span<const char> input_;
  std::string output_;
  ssl_ptr ssl_;
  std::uint64_t records_per_key_;
  std::uint64_t records_ = 0; ///< under the present key
  int reason_ = 0;
};

} // namespace troupe::net
