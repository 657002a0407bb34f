#include "core/room/typing_set.hpp"

namespace troupe::room {

bool typing_set::start(session_ref who, time_point until) {
  const bool news = !stop(who);
  until_.emplace(who, until);
  order_.emplace(until, who);
  return news;
}

bool typing_set::stop(session_ref who) {
  auto i = until_.find(who);
  if (i == until_.end())
    return false;
  order_.erase({i->second, who});
  until_.erase(i);
  return true;
}

std::vector<session_ref> typing_set::expire(time_point now) {
  std::vector<session_ref> over;
  while (!order_.empty() && order_.begin()->first <= now) {
    over.push_back(order_.begin()->second);
    stop(over.back());
  }
  return over;
}

std::optional<time_point> typing_set::next_deadline() const {
  if (order_.empty())
    return std::nullopt;
  return order_.begin()->first;
}

} // namespace troupe::room
