#include "net/outbox.hpp"

#include <algorithm>

namespace troupe::net {

void outbox::push(frame_ptr f, bool deflated) {
  frames_.push_back({std::move(f), deflated});
  bytes_ += frames_.back().bytes().size();
}

std::size_t outbox::gather(std::span<iovec> out) const {
  std::size_t n = 0;
  for (auto i = head_; i < frames_.size() && n < out.size(); ++i, ++n) {
    auto b = frames_[i].bytes();
    if (i == head_)
      b.remove_prefix(offset_);
    out[n] = {const_cast<char*>(b.data()), b.size()};
  }
  return n;
}

void outbox::consume(std::size_t n) {
  if (n == bytes_)
    return clear();
  bytes_ -= n;
  while (head_ < frames_.size()) {
    auto left = frames_[head_].bytes().size() - offset_;
    if (n < left) {
      offset_ += n;
      break;
    }
    n -= left;
    offset_ = 0;
    frames_[head_++].frame.reset();
  }
  if (empty())
    clear();
  else if (head_ > 64 && head_ * 2 > frames_.size()) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

std::size_t outbox::drop_volatile() {
  auto first = frames_.begin() + static_cast<std::ptrdiff_t>(head_ + (offset_ > 0 ? 1 : 0));
  if (first >= frames_.end())
    return 0;
  auto keep = std::stable_partition(first, frames_.end(), [](auto& i) { return !i.frame->is_volatile(); });
  auto dropped = static_cast<std::size_t>(frames_.end() - keep);
  for (auto i = keep; i != frames_.end(); ++i)
    bytes_ -= i->bytes().size();
  frames_.erase(keep, frames_.end());
  return dropped;
}

void outbox::clear() {
  // A burst's vector is given back; a small one is kept for the next message of a busy connection.
  if (frames_.capacity() > 16)
    std::vector<item>().swap(frames_);
  else
    frames_.clear();
  head_ = offset_ = bytes_ = 0;
}

} // namespace troupe::net
