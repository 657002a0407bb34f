#include "backends/memory/memory_offline_store.hpp"

#include "backends/cluster_errors.hpp"

namespace troupe::memory {

void memory_offline_store::push(const std::string& user, ports::waiting what, const ports::queue_bounds& most, answer<ports::pushed> done) {
  done(push_now(user, std::move(what), most));
}

result<ports::pushed> memory_offline_store::push_now(const std::string& user, ports::waiting what, const ports::queue_bounds& most) {
  std::lock_guard hold(lock_);
  const auto now = now_();
  sweep(now);
  if (users_.size() >= max_users_ && !users_.contains(user))
    return offline_unavailable("messages wait for " + std::to_string(max_users_) + " users already");
  if (!what.name.empty()) {
    if (!names_)
      names_ = std::make_unique<messaging::id_memory<char>>(max_names, most.known_for);
    auto name = messaging::id_of_user(user, what.name);
    if (names_->find(name, now))
      return ports::pushed{true, 0};
    names_->remember(std::move(name), 0, now);
  }
  auto& s = users_[user];
  s.until = now + most.ttl;
  return ports::pushed{false, s.queue.push(std::move(what), most, now)};
}

void memory_offline_store::read(const std::string& user, const ports::queue_bounds&, answer<ports::queue_content> done) {
  ports::queue_content found;
  {
    std::lock_guard hold(lock_);
    if (const auto i = users_.find(user); i != users_.end())
      found = {i->second.queue.list(now_()), i->second.queue.had()};
  }
  done(std::move(found));
}

void memory_offline_store::remove(const std::string& user, std::vector<std::string> ids, answer<std::size_t> done) {
  std::size_t removed = 0;
  {
    std::lock_guard hold(lock_);
    if (const auto i = users_.find(user); i != users_.end()) {
      removed = i->second.queue.remove(ids);
      if (i->second.queue.empty(now_()))
        users_.erase(i);
    }
  }
  done(removed);
}

void memory_offline_store::mark(const std::string& user, const std::string& device, const std::string& id, const ports::queue_bounds& most,
                                answer<bool> done) {
  bool is_news = false;
  {
    std::lock_guard hold(lock_);
    if (const auto i = users_.find(user); i != users_.end())
      is_news = i->second.queue.mark(device, id, most.max_devices);
  }
  done(is_news);
}

/// Two buckets an append are enough: users appear one an append.
void memory_offline_store::sweep(time_point now) {
  for (int looks = 0; looks < 2 && !users_.empty(); ++looks) {
    swept_ = (swept_ + 1) % users_.bucket_count();
    for (auto i = users_.begin(swept_); i != users_.end(swept_);) {
      const auto user = i->first;
      const bool old = i->second.until <= now;
      ++i;
      if (old)
        users_.erase(user);
    }
  }
}

std::size_t memory_offline_store::users() const {
  std::lock_guard hold(lock_);
  return users_.size();
}

} // namespace troupe::memory
