#include "core/time/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace troupe {

void timer_node::unlink() {
  if (!next_)
    return;
  prev_->next_ = next_;
  next_->prev_ = prev_;
  next_ = prev_ = nullptr;
}

timer_wheel::timer_wheel(time_point start) : start_(start) {
  for (auto& l : lists_)
    l.next_ = l.prev_ = &l;
}

timer_wheel::~timer_wheel() {
  for (auto& l : lists_) {
    while (l.next_ != &l)
      l.next_->unlink();
    l.next_ = l.prev_ = nullptr;
  }
}

void timer_wheel::schedule(timer_node& node, time_point deadline) {
  node.unlink();
  node.deadline_ = deadline;
  // Rounded up, so that the slot is reached after the deadline; a slot already passed would wait for a whole turn.
  auto due = deadline <= start_ ? 0 : tick_of(deadline + tick - std::chrono::nanoseconds(1));
  auto slot = std::max(due, current_ + 1) % slots;
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  auto& l = lists_[slot];
  node.next_ = &l;
  node.prev_ = l.prev_;
  l.prev_->next_ = &node;
  l.prev_ = &node;
}

void timer_wheel::advance(time_point now) {
  auto target = tick_of(now);
  if (target <= current_)
    return;
  auto turns = std::min(target - current_, slots);
  auto first = current_ + 1;
  current_ = target;
  for (std::size_t i = 0; i < turns; ++i)
    if (auto slot = (first + i) % slots; occupied(slot))
      fire_slot(slot, now);
}

std::optional<time_point> timer_wheel::next() const {
  auto from = (current_ + 1) % slots;
  auto slot = first_occupied(from, slots);
  if (!slot)
    slot = first_occupied(0, from);
  if (!slot)
    return std::nullopt;
  auto ticks = current_ + 1 + (*slot + slots - from) % slots;
  return start_ + tick * static_cast<std::int64_t>(ticks);
}

std::optional<std::size_t> timer_wheel::first_occupied(std::size_t from, std::size_t to) const {
  for (auto slot = from; slot < to;) {
    auto rest = occupied_[slot / 64] >> (slot % 64);
    if (rest == 0) {
      slot = (slot / 64 + 1) * 64;
      continue;
    }
    slot += static_cast<std::size_t>(std::countr_zero(rest));
    return slot < to ? std::optional(slot) : std::nullopt;
  }
  return std::nullopt;
}

void timer_wheel::fire_slot(std::size_t slot, time_point now) {
  // Taken off as a whole first: a node that schedules itself into this same slot waits for the next turn.
  head due;
  due.next_ = due.prev_ = &due;
  auto& l = lists_[slot];
  for (auto* n = l.next_; n != &l;) {
    auto* next = n->next_;
    if (n->deadline_ <= now) {
      n->unlink();
      n->next_ = &due;
      n->prev_ = due.prev_;
      due.prev_->next_ = n;
      due.prev_ = n;
    }
    n = next;
  }
  if (l.next_ == &l)
    occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  while (due.next_ != &due) {
    auto* n = due.next_;
    n->unlink();
    n->on_deadline(now);
  }
  due.next_ = due.prev_ = nullptr;
}

} // namespace troupe
