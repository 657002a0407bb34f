#pragma once

#include "core/frame/frame.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <vector>

namespace troupe::net {

/// What waits to be written on one connection: whole frames, sent in order by gathering writes. The vector is given back
/// when the queue runs empty, so that an idle connection holds nothing.
class outbox {
 public:
  static constexpr std::size_t max_gather = 64;

  bool empty() const { return head_ == frames_.size(); }
  std::size_t bytes() const { return bytes_; }
  std::size_t frames() const { return frames_.size() - head_; }

  /// What leaves for this frame; `deflated`: the connection negotiated permessage-deflate.
  static std::string_view bytes_of(const frame& f, bool deflated) {
    return deflated && !f.deflated().empty() ? f.deflated() : f.wire();
  }
  void push(frame_ptr f, bool deflated = false);
  /// Fills `out` with the next bytes to write; gives how many entries were filled.
  std::size_t gather(std::span<iovec> out) const;
  /// The bytes of the only frame, when there is one and none of it has been written; else nothing.
  std::string_view only() const { return frames() == 1 && offset_ == 0 ? frames_[head_].bytes() : std::string_view(); }
  /// The first `n` bytes have been written.
  void consume(std::size_t n);
  /// Removes volatile frames that have not begun to be written; gives how many.
  std::size_t drop_volatile();
  void clear();

 private:
  struct item {
    frame_ptr frame;
    bool deflated;
    std::string_view bytes() const { return bytes_of(*frame, deflated); }
  };
  std::vector<item> frames_;
  std::size_t head_ = 0;
  std::size_t offset_ = 0; ///< of the first frame, already written
  std::size_t bytes_ = 0;
};

} // namespace troupe::net
