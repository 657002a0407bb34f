#include "core/messaging/ack_table.hpp"

namespace troupe::messaging {

std::optional<std::uint32_t> ack_table::add(std::string nsp, callback on_ack, std::optional<time_point> deadline) {
  if (pending_.size() >= max_pending_)
    return std::nullopt;
  do
    next_ = (next_ + 1) % first_broadcast_ack;
  while (pending_.contains(next_));
  if (deadline)
    deadlines_.emplace(*deadline, next_);
  pending_.emplace(next_, entry{std::move(nsp), std::move(on_ack), deadline});
  return next_;
}

ack_table::callback ack_table::remove(table::iterator i) {
  if (i->second.deadline)
    deadlines_.erase({*i->second.deadline, i->first});
  auto on_ack = std::move(i->second.on_ack);
  pending_.erase(i);
  return on_ack;
}

std::optional<ack_table::callback> ack_table::take(std::uint64_t id, std::string_view nsp) {
  if (id >= first_broadcast_ack)
    return std::nullopt;
  auto i = pending_.find(static_cast<std::uint32_t>(id));
  if (i == pending_.end() || i->second.nsp != nsp)
    return std::nullopt;
  return remove(i);
}

std::vector<ack_table::callback> ack_table::take_all(std::string_view nsp) {
  std::vector<callback> taken;
  for (auto i = pending_.begin(); i != pending_.end();) {
    auto here = i++;
    if (here->second.nsp == nsp)
      taken.push_back(remove(here));
  }
  return taken;
}

std::vector<ack_table::callback> ack_table::expire(time_point now) {
  std::vector<callback> over;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now)
    over.push_back(remove(pending_.find(deadlines_.begin()->second)));
  return over;
}

std::optional<time_point> ack_table::next_deadline() const {
  if (deadlines_.empty())
    return std::nullopt;
  return deadlines_.begin()->first;
}

} // namespace troupe::messaging
