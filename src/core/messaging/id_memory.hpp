#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace troupe::messaging {

/// What became of the messages that carried an idempotency id, so that a repeat is answered and not done again. Bounded by
/// count and age; beyond either the oldest is forgotten.
template <class Outcome>
class id_memory {
 public:
  id_memory(std::size_t max_ids, duration window) : max_ids_(max_ids), window_(window) {}

  /// The outcome of an id that is still known, else null. Valid until the next call.
  const Outcome* find(std::string_view id, time_point now) {
    forget_old(now);
    auto i = outcomes_.find(id);
    return i == outcomes_.end() ? nullptr : &i->second;
  }

  /// `id` is not known at the moment.
  void remember(std::string id, Outcome outcome, time_point now) {
    forget_old(now);
    if (max_ids_ == 0)
      return;
    if (order_.size() >= max_ids_)
      forget_first();
    auto [place, fresh] = outcomes_.emplace(std::move(id), std::move(outcome));
    if (fresh)
      order_.emplace_back(now, &place->first);
  }

  /// As if it had never been. Slow, for what went wrong.
  void forget(std::string_view id) {
    const auto known = outcomes_.find(id);
    if (known == outcomes_.end())
      return;
    std::erase_if(order_, [&](auto& o) { return o.second == &known->first; });
    outcomes_.erase(known);
  }

  std::size_t size() const { return outcomes_.size(); }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };

  void forget_old(time_point now) {
    while (!order_.empty() && now - order_.front().first >= window_)
      forget_first();
  }
  void forget_first() {
    outcomes_.erase(outcomes_.find(*order_.front().second));
    order_.pop_front();
  }

  std::size_t max_ids_;
  duration window_;
  std::unordered_map<std::string, Outcome, text_hash, std::equal_to<>> outcomes_;
  std::deque<std::pair<time_point, const std::string*>> order_; ///< keys of `outcomes_`, the oldest first
};

/// Ids of different users never meet: the memory is asked by this name.
inline std::string id_of_user(std::string_view user, std::string_view id) {
  std::string name;
  name.reserve(user.size() + 1 + id.size());
  name.append(user).push_back('\0');
  return name.append(id);
}

} // namespace troupe::messaging
