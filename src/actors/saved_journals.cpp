#include "actors/saved_journals.hpp"

#include <utility>

namespace troupe::actors {

void saved_journals::answer(const std::optional<recovery::journal>& j, const question& q) {
  q.done(j ? j->before(q.event, q.rooms) : std::nullopt);
}

void saved_journals::ask(const journal_name& of, const recovery::said& event, std::vector<std::uint64_t> rooms, told done) {
  question q{event, std::move(rooms), std::move(done)};
  std::unique_lock lock(mutex_);
  if (const auto at = kept_.find(of); at != kept_.end()) {
    const auto here = at->second;
    lock.unlock();
    return answer(*here, q);
  }
  auto& others = waiting_[of];
  others.push_back(std::move(q));
  if (others.size() > 1)
    return;
  lock.unlock();
  store_.find_journal(of, [self = shared_from_this(), of](auto r) { self->on_found(of, std::move(r)); });
}

void saved_journals::on_found(const journal_name& of, result<std::optional<std::string>> r) {
  const auto here = std::make_shared<const std::optional<recovery::journal>>(r && *r ? recovery::journal::decode(**r) : std::nullopt);
  std::unique_lock lock(mutex_);
  const auto asked = waiting_.extract(of);
  if (*here && kept_.emplace(of, here).second) // what is not there may come: that node may still live
    order_.push_back(of);
  if (order_.size() > max_kept) {
    kept_.erase(order_.front());
    order_.pop_front();
  }
  lock.unlock();
  if (asked)
    for (auto& q : asked.mapped())
      answer(*here, q);
}

} // namespace troupe::actors
