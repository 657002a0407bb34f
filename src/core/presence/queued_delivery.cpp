#include "core/presence/queued_delivery.hpp"

#include <algorithm>

namespace troupe::presence {

bool queued_delivery::wants_to_read(const std::vector<place>& sockets, time_point now) const {
  return unread_ && !busy() && !sockets.empty() && (!again_ || *again_ <= now);
}

std::uint64_t queued_delivery::begin_reading() {
  unread_ = false;
  again_.reset();
  return reading_ = ++*tokens_;
}

bool queued_delivery::was_given(const std::string& id) const {
  return std::any_of(given_.begin(), given_.end(), [&](auto& g) { return g.first == id; });
}

std::optional<queued_delivery::gift> queued_delivery::on_read(std::uint64_t token, queue_content found, const std::vector<place>& sockets,
                                                              time_point until) {
  if (token != reading_)
    return std::nullopt;
  reading_ = 0;
  left_ = each_device_ || !found.messages.empty();
  rest_ = std::move(found.messages);
  had_ = std::move(found.had);
  std::erase_if(given_, [&](auto& g) {
    return std::none_of(rest_.begin(), rest_.end(), [&](auto& w) { return w.id == g.first; });
  });
  std::erase_if(rest_, [&](auto& w) { return was_given(w.id); });
  return next_gift(sockets, until);
}

void queued_delivery::on_read_failed(std::uint64_t token, time_point again) {
  if (token != reading_)
    return;
  reading_ = 0;
  unread_ = true;
  again_ = again;
}

std::optional<queued_delivery::gift> queued_delivery::next_gift(const std::vector<place>& sockets, time_point until) {
  giving_.reset();
  auto g = each_device_ ? gift_for_device(sockets) : gift_for_first(sockets);
  if (!g) {
    rest_.clear(); // for a namespace in which nobody is: it waits for the next socket
    return std::nullopt;
  }
  g->token = ++*tokens_;
  giving_ = gift{g->token, g->to, {}};
  for (auto& w : g->what)
    giving_->what.push_back({w.id, {}, {}, {}, {}});
  until_ = until;
  return g;
}

std::optional<queued_delivery::gift> queued_delivery::gift_for_first(const std::vector<place>& sockets) {
  for (auto& first : rest_) {
    const auto to = std::find_if(sockets.begin(), sockets.end(), [&](auto& s) { return s.nsp == first.nsp; });
    if (to == sockets.end())
      continue;
    gift g{0, *to, {}};
    const auto theirs = std::stable_partition(rest_.begin(), rest_.end(), [&](auto& w) { return w.nsp != to->nsp; });
    std::move(theirs, rest_.end(), std::back_inserter(g.what));
    rest_.erase(theirs, rest_.end());
    return g;
  }
  return std::nullopt;
}

std::optional<queued_delivery::gift> queued_delivery::gift_for_device(const std::vector<place>& sockets) {
  for (auto& s : sockets) {
    auto& cursor = cursors_.try_emplace(s, had_[s.device]).first->second;
    gift g{0, s, {}};
    for (auto& w : rest_)
      if (w.nsp == s.nsp && is_before(cursor, w.id))
        g.what.push_back(w);
    if (g.what.empty())
      continue;
    cursor = g.what.back().id;
    return g;
  }
  return std::nullopt;
}

std::optional<queued_delivery::gift> queued_delivery::on_given(std::uint64_t token, bool taken, const std::vector<place>& sockets,
                                                               time_point until) {
  if (!giving_ || giving_->token != token)
    return std::nullopt;
  if (!taken)
    unread_ = true;
  const bool stays = std::find(sockets.begin(), sockets.end(), giving_->to) != sockets.end();
  if (taken && stays && !each_device_)
    for (auto& w : giving_->what)
      given_.emplace_back(std::move(w.id), giving_->to);
  return next_gift(sockets, until);
}

void queued_delivery::on_socket_gone(const place& socket) {
  cursors_.erase(socket);
  // In the queue, or removed from it just now: the next reading tells.
  if (std::erase_if(given_, [&](auto& g) { return g.second == socket; }) > 0)
    unread_ = true;
}

void queued_delivery::on_node_gone(cluster::node_ref node) {
  std::erase_if(cursors_, [&](auto& c) { return c.first.node == node; });
  if (std::erase_if(given_, [&](auto& g) { return g.second.node == node; }) > 0)
    unread_ = true;
  if (giving_ && giving_->to.node == node) {
    giving_.reset();
    rest_.clear();
    unread_ = true;
  }
}

void queued_delivery::on_time(time_point now) {
  if (!giving_ || until_ > now)
    return;
  cursors_.erase(giving_->to);
  giving_.reset();
  rest_.clear();
  unread_ = true;
}

std::optional<time_point> queued_delivery::next_deadline() const {
  if (giving_)
    return until_;
  return again_;
}

} // namespace troupe::presence
