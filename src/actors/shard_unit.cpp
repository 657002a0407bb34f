#include "actors/shard_unit.hpp"

namespace troupe::actors {
namespace {

constexpr std::size_t messages_per_turn = 50; // of one actor, before the next one has its turn
constexpr int turns_per_run = 500;            // before sockets have theirs
constexpr int at_once_per_run = 500;          // messages handled without a turn, before there is one

} // namespace

void shard_unit::exec_later(caf::resumable* job) {
  if (loop_.on_this_thread()) {
    local_.push_back(job);
    if (!running_ && !posted_)
      post_run();
    return;
  }
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    remote_.push_back(job);
    first = remote_.size() == 1;
  }
  if (first)
    loop_.post([self = shared_from_this()] { self->run(); });
}

void shard_unit::post_run() {
  posted_ = true;
  loop_.post([self = shared_from_this()] { self->run(); });
}

void shard_unit::run() {
  posted_ = false;
  running_ = true;
  at_once_ = at_once_per_run;
  {
    std::lock_guard lock(mutex_);
    local_.insert(local_.end(), remote_.begin(), remote_.end());
    remote_.clear();
  }
  for (int turn = 0; turn < turns_per_run && !local_.empty(); ++turn) {
    auto job = local_.front();
    local_.pop_front();
    resume(job);
  }
  running_ = false;
  if (!local_.empty() && !posted_)
    post_run();
}

void shard_unit::resume(caf::resumable* job) {
  switch (job->resume(this, messages_per_turn)) {
    case caf::resumable::resume_later: local_.push_back(job); break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message: caf::intrusive_ptr_release(job); break;
    case caf::resumable::shutdown_execution_unit: break;
  }
}

} // namespace troupe::actors
