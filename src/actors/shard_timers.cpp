#include "actors/shard_timers.hpp"

#include "actors/directory_messages.hpp"
#include "actors/pinned.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/send.hpp>

namespace troupe::actors {

void shard_timers::start(caf::actor_system& system, caf::actor ticker) {
  system_ = &system;
  ticker_ = std::move(ticker);
}

void shard_timers::set(pinned& who, std::optional<time_point> at) {
  if (who.wake_ == at)
    return;
  if (who.wake_)
    deadlines_.erase({*who.wake_, &who});
  who.wake_ = at;
  if (!at)
    return;
  deadlines_.emplace(*at, &who);
  arm();
}

void shard_timers::arm() {
  if (!ticker_ || deadlines_.empty())
    return;
  const auto next = deadlines_.begin()->first;
  if (!ticks_.empty() && *ticks_.begin() <= next)
    return;
  ticks_.insert(next);
  system_->clock().schedule_message(next, caf::actor_cast<caf::strong_actor_ptr>(ticker_),
                                    caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, tick{}));
}

void shard_timers::fire(time_point now) {
  ticks_.erase(ticks_.begin(), ticks_.upper_bound(now));
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    auto who = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    who->wake_.reset();
    caf::anon_send(caf::actor_cast<caf::actor>(who), wake{});
  }
  arm();
}

} // namespace troupe::actors
