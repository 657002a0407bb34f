#include "actors/broadcast_acks.hpp"

#include "core/messaging/ack_table.hpp"

namespace troupe::actors {

std::optional<std::uint32_t> broadcast_acks::open(std::string nsp, std::size_t shards, callback done) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= max_waiting)
    return std::nullopt;
  std::uint32_t id = 0;
  do
    id = messaging::first_broadcast_ack + next_++ % (messaging::ack_id_end - messaging::first_broadcast_ack);
  while (waiting_.contains(id));
  waiting w;
  w.nsp = std::move(nsp);
  w.shards_left = shards;
  w.done = std::move(done);
  waiting_.emplace(id, std::move(w));
  return id;
}

void broadcast_acks::on_counted(std::uint32_t id, std::size_t receivers) {
  std::unique_lock lock(mutex_);
  auto i = waiting_.find(id);
  if (i == waiting_.end())
    return;
  i->second.summary.expected += receivers;
  --i->second.shards_left;
  if (i->second.complete())
    finish(i, lock);
}

bool broadcast_acks::on_ack(std::uint64_t id, std::string_view nsp, const std::string& socket_id, logic::arguments args) {
  if (id < messaging::first_broadcast_ack || id >= messaging::ack_id_end)
    return false;
  std::unique_lock lock(mutex_);
  auto i = waiting_.find(static_cast<std::uint32_t>(id));
  if (i == waiting_.end() || i->second.nsp != nsp)
    return false;
  if (i->second.answered.insert(socket_id).second)
    i->second.summary.answers.emplace_back(socket_id, std::move(args));
  if (i->second.complete())
    finish(i, lock);
  return true;
}

void broadcast_acks::close(std::uint32_t id) {
  std::unique_lock lock(mutex_);
  if (auto i = waiting_.find(id); i != waiting_.end())
    finish(i, lock);
}

void broadcast_acks::finish(table::iterator i, std::unique_lock<std::mutex>& lock) {
  auto over = std::move(i->second);
  waiting_.erase(i);
  lock.unlock(); // whoever waits may broadcast again from here
  if (over.done)
    over.done(std::move(over.summary));
}

std::size_t broadcast_acks::size() const {
  std::lock_guard lock(mutex_);
  return waiting_.size();
}

} // namespace troupe::actors
