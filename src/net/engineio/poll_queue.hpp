#pragma once

#include "core/frame/frame.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

namespace troupe::net {

/// Packets that wait for the client's next GET.
class poll_queue {
 public:
  /// Python clients refuse payloads of more than 16 packets.
  static constexpr std::size_t max_packets = 16;

  bool empty() const { return frames_ == nullptr || frames_->empty(); }
  std::size_t bytes() const { return bytes_; }
  void push(frame_ptr f);
  /// The next payload: up to `max_packets`, joined by 0x1e, binary as `b` + base64. `compress` tells whether any packet in it
  /// asks for compression.
  std::string take(bool& compress);
  std::size_t drop_volatile();
  /// Hands everything over, oldest first, as the upgrade does; what is left of a frame that was begun as single packets.
  std::deque<frame_ptr> release();

 private:
  std::unique_ptr<std::deque<frame_ptr>> frames_; ///< null while nothing was ever queued: WebSocket sessions pay nothing
  std::size_t next_segment_ = 0; ///< of the first frame
  std::size_t bytes_ = 0;
};

} // namespace troupe::net
