#pragma once
// A TCP connection under TLS in a poller: connects, shakes hands, reads in large pieces, writes what it is given.

#include "net/link/link_metrics.hpp"
#include "net/link/tls_pipe.hpp"
#include "net/poller.hpp"

#include "core/time/timer_wheel.hpp"

#include <memory>
#include <string_view>
#include <vector>

#include <sys/socket.h>

namespace troupe::net {

/// What the connections of one thread share.
struct link_loop {
  net::poller poller;
  time_point now = clock::now(); ///< when this turn began
  timer_wheel wheel{now};
  std::vector<char> encrypted = std::vector<char>(256 * 1024);
  std::vector<char> plain = std::vector<char>(64 * 1024);
};

/// Numeric address and port.
struct socket_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

/// Owns the descriptor. The user may end it (`close`) in any call; destroying is for later, when no call is running.
class secure_socket final : public pollable {
 public:
  enum class loss {
    refused,     ///< nobody listens there
    unreachable, ///< connecting failed in another way
    ended,       ///< the peer has sent its last byte
    broken,
    tls          ///< see pipe().reason()
  };
  class user {
   public:
    virtual void on_secured() = 0;
    /// Decrypted bytes.
    virtual void on_plain(std::string_view bytes) = 0;
    /// The kernel has taken everything that was written.
    virtual void on_drained() = 0;
    /// Once, unless this side closes first; nothing comes after it.
    virtual void on_lost(loss why) = 0;

   protected:
    ~user() = default;
  };

  secure_socket(link_loop& home, link_metrics& counters, user& who, std::unique_ptr<tls_pipe> pipe)
    : home_(home), counters_(counters), user_(&who), pipe_(std::move(pipe)) {}
  ~secure_socket() override { close(); }
  secure_socket(const secure_socket&) = delete;
  secure_socket& operator=(const secure_socket&) = delete;

  /// One of the two begins its life; false: the system has no descriptor or memory for it.
  [[nodiscard]] bool connect(const socket_address& to);
  [[nodiscard]] bool adopt(int fd);
  /// Until 0 is given: more than so many bytes from the peer are not read.
  void limit_input(std::size_t bytes) { input_limit_ = bytes; }
  bool over_limit() const { return input_limit_ != 0 && received_ >= input_limit_; }
  /// The peer has sent at least one byte.
  bool heard_anything() const { return received_ > 0; }

  /// Encrypts; leaves with the next `flush`.
  void write(std::string_view plain);
  /// Gives the kernel what it takes. False: the connection is gone, and the user knows.
  bool flush();
  /// Encrypted bytes that the kernel has not taken.
  std::size_t unsent() const { return pipe_->output().size() - sent_; }
  /// Reads what the kernel holds.
  void read_now();
  /// Sends what is left and nothing after it; the peer's end will come as `ended`.
  void end_output();
  /// Gives the connection away, under TLS as it is, and ends this object. Everything written must have been sent.
  stream release();
  void close();
  bool closed() const { return fd_ < 0; }

  bool secured() const { return secured_; }
  const tls_pipe& pipe() const { return *pipe_; }
  time_point heard_at() const { return heard_at_; } ///< the last byte of the peer
  time_point sent_at() const { return sent_at_; }   ///< the last byte to it
  void forgive(time_point now) { heard_at_ = now; }

 private:
  void on_ready(readiness what) override;
  void on_connected();
  void shake_hands();
  void read_plain();
  void lose(loss why);
  void tell_interest();
  void tune();

  link_loop& home_;
  link_metrics& counters_;
  user* user_;
  std::unique_ptr<tls_pipe> pipe_;
  int fd_ = -1;
  bool connecting_ = false;
  bool secured_ = false;
  bool write_waiting_ = false;
  bool output_ended_ = false;
  bool input_ended_ = false;
  std::size_t sent_ = 0; ///< of the pipe's output
  std::size_t received_ = 0;
  std::size_t input_limit_ = 0;
  time_point heard_at_{}, sent_at_{};
};

} // namespace troupe::net
