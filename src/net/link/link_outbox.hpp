#pragma once
// What waits for a peer, as frames.

#include "core/cluster/link_frames.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::net {

/// Small frames are joined as they come, large ones keep their own memory; every piece holds whole frames. One thread.
class link_outbox {
 public:
  /// Behind everything.
  void push(cluster::frame_kind kind, std::string content) {
    bytes_ += content.size() + cluster::frame_head;
    if (content.size() <= joined) {
      if (pieces_.empty() || pieces_.back().size() + content.size() > piece)
        pieces_.emplace_back();
      return cluster::append_frame(pieces_.back(), kind, content);
    }
    std::string head;
    cluster::append_frame_head(head, kind, content.size());
    content.insert(0, head);
    pieces_.push_back(std::move(content));
  }
  /// Before everything but a piece of which a part has left already.
  void push_urgent(cluster::frame_kind kind, std::string_view content) {
    std::string whole;
    cluster::append_frame(whole, kind, content);
    bytes_ += whole.size();
    pieces_.insert(pieces_.begin() + (taken_ > 0 ? 1 : 0), std::move(whole));
  }

  bool empty() const { return pieces_.empty(); }
  std::size_t bytes() const { return bytes_; }
  /// The next bytes to leave; not empty unless the box is.
  std::string_view front() const { return std::string_view(pieces_.front()).substr(taken_); }
  void take(std::size_t bytes) {
    taken_ += bytes;
    bytes_ -= bytes;
    if (taken_ == pieces_.front().size()) {
      pieces_.pop_front();
      taken_ = 0;
    }
  }

 private:
  static constexpr std::size_t joined = 16 * 1024;
  static constexpr std::size_t piece = 64 * 1024;

  std::deque<std::string> pieces_;
  std::size_t taken_ = 0; ///< of the first piece
  std::size_t bytes_ = 0;
};

} // namespace troupe::net
