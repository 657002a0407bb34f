#include "net/engineio/poll_queue.hpp"

#include "core/engineio/payload.hpp"
#include "core/ws/frame_writer.hpp"

#include <algorithm>

namespace troupe::net {

void poll_queue::push(frame_ptr f) {
  if (!frames_)
    frames_ = std::make_unique<std::deque<frame_ptr>>();
  bytes_ += f->wire().size();
  frames_->push_back(std::move(f));
}

std::string poll_queue::take(bool& compress) {
  std::string out;
  for (std::size_t packets = 0; packets < max_packets && !empty(); ++packets) {
    auto& f = *frames_->front();
    auto& s = f.segments()[next_segment_];
    if (packets > 0)
      out.push_back(engineio::payload_separator);
    if (s.binary) {
      out.push_back('b');
      engineio::append_base64(out, f.payload(s));
    } else {
      out.append(f.payload(s));
    }
    compress |= f.compress();
    if (++next_segment_ == f.segments().size()) {
      next_segment_ = 0;
      bytes_ -= f.wire().size();
      frames_->pop_front();
    }
  }
  return out;
}

std::size_t poll_queue::drop_volatile() {
  if (empty())
    return 0;
  auto first = frames_->begin() + (next_segment_ > 0 ? 1 : 0);
  auto keep = std::stable_partition(first, frames_->end(), [](auto& f) { return !f->is_volatile(); });
  auto dropped = static_cast<std::size_t>(frames_->end() - keep);
  for (auto i = keep; i != frames_->end(); ++i)
    bytes_ -= (*i)->wire().size();
  frames_->erase(keep, frames_->end());
  return dropped;
}

std::deque<frame_ptr> poll_queue::release() {
  std::deque<frame_ptr> out;
  if (frames_)
    out.swap(*frames_);
  if (next_segment_ > 0) {
    // Its first packets went by polling; the others follow as frames of their own.
    auto f = out.front();
    out.pop_front();
    for (auto i = f->segments().size(); i-- > next_segment_;) {
      auto& s = f->segments()[i];
      std::string wire;
      ws::append_header(wire, s.binary ? ws::opcode::binary : ws::opcode::text, s.size);
      auto offset = static_cast<std::uint32_t>(wire.size());
      wire.append(f->payload(s));
      out.push_front(frame_ptr(new frame(std::move(wire), {{offset, s.size, s.binary}})));
    }
  }
  frames_.reset();
  next_segment_ = bytes_ = 0;
  return out;
}

} // namespace troupe::net
