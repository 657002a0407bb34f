#include "load/check/reply_order.hpp"

namespace troupe::load {

std::uint32_t reply_order::send(std::int64_t due_ns) {
  requests_.push_back({due_ns, false});
  ++open_;
  return first_ + static_cast<std::uint32_t>(requests_.size()) - 1;
}

reply_order::reply reply_order::receive(std::uint32_t number) {
  if (number >= sent())
    return {};
  if (number < first_ || requests_[number - first_].answered)
    return {.known = true};
  auto& r = requests_[number - first_];
  r.answered = true;
  --open_;
  const reply out{true, true, number != first_, r.due_ns};
  for (; !requests_.empty() && requests_.front().answered; ++first_)
    requests_.pop_front();
  return out;
}

} // namespace troupe::load
