// Keeping back what a session is sent, while it is being found out what its client missed.

#include "net/engineio/session.hpp"

#include "net/connection.hpp"
#include "net/shard.hpp"

#include <utility>

namespace troupe::net {

void session::hold_back(frame_ptr f) {
  held_->bytes += f->wire().size();
  held_->frames.push_back(std::move(f));
}

void session::hold() {
  if (!held_) {
    held_ = std::make_unique<held_back>();
    if (websocket_)
      websocket_->forbid_lane();
  }
  ++held_->holds;
}

void session::release(std::vector<frame_ptr> first, bool keep) {
  if (!held_ || closed_ || doomed_)
    return;
  auto before = std::exchange(held_->frames, {});
  if (!keep)
    before.clear();
  held_->bytes = 0;
  for (auto* list : {&first, &before})
    for (auto& f : *list)
      hold_back(f);
  if (--held_->holds > 0)
    return;
  const auto all = std::move(held_);
  for (auto& f : all->frames)
    pass_on(f);
  allow_lane();
  if (queued_bytes() > shard_.options().limit.max_queued_bytes)
    bound_queue();
}

} // namespace troupe::net
