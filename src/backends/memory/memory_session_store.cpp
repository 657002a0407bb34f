#include "backends/memory/memory_session_store.hpp"

namespace troupe::memory {

void memory_session_store::save(const std::string& pid, const recovery::session_record& r, answered done) {
  using ports::saving;
  auto became = saving::not_owner;
  {
    std::lock_guard hold(lock_);
    sweep();
    const auto [at, added] = sessions_.try_emplace(pid, kept{{}, r.stays.back(), away_.end()});
    auto& k = at->second;
    if (k.owner == r.stays.back()) {
      k.what = r;
      set_waiting(k, pid, false);
      became = saving::saved;
    }
  }
  if (done)
    done(became);
}

void memory_session_store::leave(const std::string& pid, const recovery::stay& who) {
  std::lock_guard hold(lock_);
  sweep();
  if (const auto at = sessions_.find(pid); at != sessions_.end() && at->second.owner == who)
    set_waiting(at->second, pid, true);
  while (away_.size() > options_.max_sessions) {
    sessions_.erase(away_.begin()->second);
    away_.erase(away_.begin());
  }
}

void memory_session_store::forget(const std::string& pid, const recovery::stay& who) {
  std::lock_guard hold(lock_);
  if (const auto at = sessions_.find(pid); at != sessions_.end() && at->second.owner == who) {
    set_waiting(at->second, pid, false);
    sessions_.erase(at);
  }
}

void memory_session_store::take(const std::string& pid, const recovery::stay& by, taken done) {
  std::optional<recovery::session_record> found;
  {
    std::lock_guard hold(lock_);
    sweep();
    if (const auto at = sessions_.find(pid); at != sessions_.end()) {
      found = at->second.what;
      at->second.owner = by;
      set_waiting(at->second, pid, true); // should `by` never say more of it
    }
  }
  done(std::move(found));
}

void memory_session_store::give_back(const std::string& pid, const recovery::stay& by) {
  std::lock_guard hold(lock_);
  if (const auto at = sessions_.find(pid); at != sessions_.end() && at->second.owner == by)
    at->second.owner = at->second.what.stays.back();
}

void memory_session_store::save_journal(const journal_name& of, std::string bytes, std::function<void()> done) {
  {
    std::lock_guard hold(lock_);
    journals_[of] = {std::move(bytes), now_() + options_.window};
  }
  done();
}

void memory_session_store::find_journal(const journal_name& of, journal_found done) {
  std::optional<std::string> found;
  {
    std::lock_guard hold(lock_);
    std::erase_if(journals_, [now = now_()](auto& j) { return j.second.until <= now; });
    if (const auto at = journals_.find(of); at != journals_.end())
      found = at->second.bytes;
  }
  done(std::move(found));
}

std::size_t memory_session_store::size() const {
  std::lock_guard hold(lock_);
  return sessions_.size();
}

void memory_session_store::set_waiting(kept& k, const std::string& pid, bool waiting) {
  if (k.waits != away_.end())
    away_.erase(k.waits);
  k.waits = waiting ? away_.emplace(now_() + options_.window, pid) : away_.end();
}

void memory_session_store::sweep() {
  const auto now = now_();
  while (!away_.empty() && away_.begin()->first <= now) {
    sessions_.erase(away_.begin()->second);
    away_.erase(away_.begin());
  }
}

} // namespace troupe::memory
