#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace troupe::net {

/// Non-blocking sends of some bytes to many sockets, handed to the kernel together by io_uring: the same as a `send` to each,
/// for less (docs/performance.md). Not there (`usable` is false) when the kernel, its policy or the build has no io_uring;
/// containers often forbid it. One thread.
class send_ring {
 public:
  static constexpr unsigned batch = 64;

  explicit send_ring(bool wanted);
  ~send_ring();
  send_ring(const send_ring&) = delete;
  send_ring& operator=(const send_ring&) = delete;

  bool usable() const { return parts_ != nullptr; }
  /// At most `batch` of them, each descriptor once; `bytes` must stay until `carry_out` is done.
  void add(int fd, std::string_view bytes, std::uint32_t tag);
  unsigned waiting() const { return waiting_; }
  /// Sends what was added, and tells for each the bytes that the kernel took, or -errno.
  void carry_out(const std::function<void(std::uint32_t tag, int result)>& told);

 private:
  struct parts;
  void break_off();

  std::unique_ptr<parts> parts_;
  std::array<std::uint32_t, batch> tags_;
  unsigned waiting_ = 0;
};

} // namespace troupe::net
