#include "actors/broadcast_acks.hpp"

#include "actors/hub.hpp"
#include "core/messaging/ack_table.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

bool broadcast_acks::ask(hub& h, const selection& of, const cluster::ask_clients& what, answer_line to) {
  const auto id = open(of.nsp, h.shards(), std::move(to));
  if (!id)
    return false;
  h.counts.events_out.add();
  caf::delayed_anon_send(h.directories.front(), what.timeout, broadcast_acks_due{*id});
  auto out = h.event(of.nsp, what.event, what.args, h.frame_flags(what.is_volatile, what.compress), *id);
  h.spread(h.target_of(of), std::move(out), [h = h.shared_from_this(), id = *id](std::size_t n) { h->acks.on_counted(id, n); });
  return true;
}

std::optional<std::uint32_t> broadcast_acks::open(std::string nsp, std::size_t shards, answer_line to) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() >= max_waiting)
    return std::nullopt;
  std::uint32_t id = 0;
  do
    id = messaging::first_broadcast_ack + next_++ % (messaging::ack_id_end - messaging::first_broadcast_ack);
  while (waiting_.contains(id));
  waiting_.emplace(id, waiting{std::move(nsp), std::move(to), shards});
  return id;
}

void broadcast_acks::on_counted(std::uint32_t id, std::size_t receivers) {
  std::unique_lock lock(mutex_);
  const auto i = waiting_.find(id);
  if (i == waiting_.end())
    return;
  auto& w = i->second;
  w.receivers += receivers;
  if (--w.shards_left > 0)
    return;
  const auto to = w.to;
  const auto total = w.receivers;
  if (w.complete())
    waiting_.erase(i);
  lock.unlock();
  to.part(cluster::clients_answered{}, total);
}

bool broadcast_acks::on_ack(std::uint64_t id, std::string_view nsp, const std::string& socket_id, logic::arguments args) {
  if (id < messaging::first_broadcast_ack || id >= messaging::ack_id_end)
    return false;
  std::unique_lock lock(mutex_);
  const auto i = waiting_.find(static_cast<std::uint32_t>(id));
  if (i == waiting_.end() || i->second.nsp != nsp)
    return false;
  auto& w = i->second;
  if (!w.answered.insert(socket_id).second)
    return true;
  const auto to = w.to;
  if (w.complete())
    waiting_.erase(i);
  lock.unlock();
  cluster::clients_answered part;
  part.list.push_back({socket_id, std::move(args)});
  to.part(std::move(part));
  return true;
}

void broadcast_acks::close(std::uint32_t id) {
  std::lock_guard lock(mutex_);
  waiting_.erase(id);
}

void broadcast_acks::forget_all() {
  table over;
  std::lock_guard lock(mutex_);
  over.swap(waiting_);
}

std::size_t broadcast_acks::size() const {
  std::lock_guard lock(mutex_);
  return waiting_.size();
}

} // namespace troupe::actors
