#include "core/presence/presence_model.hpp"

#include <algorithm>

namespace troupe::presence {

std::string_view to_string(delivery_status d) {
  switch (d) {
    case delivery_status::delivered: return "delivered";
    case delivery_status::queued: return "queued";
    case delivery_status::sent: break;
  }
  return "sent";
}

std::string dispatched_name(std::string_view sender, std::string_view id) { return id.empty() ? std::string() : messaging::id_of_user(sender, id); }

presence_model::presence_model(const options& o, std::shared_ptr<ledger> book, time_point now)
  : options_(&o), book_(std::move(book)), last_used_(now) {}

void presence_model::recover(time_point now) {
  online_ = true;
  offline_at_ = now + options_->offline_delay;
}

void presence_model::forget_places() {
  sockets_.clear();
  watchers_.clear();
  online_ = false;
  offline_at_.reset();
}

void presence_model::on_restore(cluster::node_ref node, const std::vector<place>& sockets, const std::vector<place>& watchers,
                                bool believed_online, time_point now, unix_ms wall) {
  last_used_ = now;
  std::erase_if(sockets_, [&](auto& s) { return s.node == node; });
  std::erase_if(watchers_, [&](auto& w) { return w.node == node; });
  sockets_.insert(sockets_.end(), sockets.begin(), sockets.end());
  watchers_.insert(watchers_.end(), watchers.begin(), watchers.end());
  std::sort(watchers_.begin(), watchers_.end());
  if (!sockets_.empty()) {
    online_ = true;
    offline_at_.reset();
  } else if ((online_ || believed_online) && !offline_at_) {
    online_ = true; // the others may still report a socket
    seen(wall);
    offline_at_ = now + options_->offline_delay;
  }
}

void presence_model::seen(unix_ms at) { book_->last_seen = std::max(book_->last_seen.value_or(at), at); }

void presence_model::on_node_gone(cluster::node_ref node, time_point now, unix_ms wall) {
  std::erase_if(watchers_, [&](auto& w) { return w.node == node; });
  if (std::erase_if(sockets_, [&](auto& s) { return s.node == node; }) == 0 || !sockets_.empty())
    return;
  last_used_ = now;
  seen(wall);
  offline_at_ = now + options_->offline_delay;
}

state presence_model::now() const { return {online_, online_ ? status_ : "offline", book_->last_seen}; }

void presence_model::on_connect(place socket, time_point now, unix_ms wall) {
  last_used_ = now;
  if (std::find(sockets_.begin(), sockets_.end(), socket) != sockets_.end())
    return;
  online_ = true;
  offline_at_.reset();
  seen(wall);
  sockets_.push_back(std::move(socket));
}

void presence_model::on_disconnect(const place& socket, time_point now, unix_ms wall) {
  last_used_ = now;
  if (std::erase(sockets_, socket) == 0 || !sockets_.empty())
    return;
  seen(wall);
  offline_at_ = now + options_->offline_delay;
}

bool presence_model::on_status(std::string word, time_point now) {
  last_used_ = now;
  if (word.empty())
    word = "online";
  if (!online_ || word == status_)
    return false;
  status_ = std::move(word);
  return true;
}

result<state> presence_model::on_watch(place watcher, time_point now_is) {
  last_used_ = now_is;
  auto i = std::lower_bound(watchers_.begin(), watchers_.end(), watcher);
  if (i != watchers_.end() && *i == watcher)
    return now();
  if (watchers_.size() >= options_->max_watchers)
    return error{"too_many_watchers", "too many sockets watch this user already"};
  watchers_.insert(i, std::move(watcher));
  return now();
}

void presence_model::on_unwatch(const place& watcher, time_point now) {
  last_used_ = now;
  auto i = std::lower_bound(watchers_.begin(), watchers_.end(), watcher);
  if (i != watchers_.end() && *i == watcher)
    watchers_.erase(i);
}

bool presence_model::may_queue(std::size_t bytes) const {
  constexpr std::size_t stamp = 128; // room for the event's name, time and place, which the caller has not written yet
  return options_->queue_offline && options_->queue.max_messages > 0 && bytes + stamp <= options_->queue.max_bytes;
}

dispatched presence_model::on_direct(std::string_view sender, std::string_view id, const std::string& nsp, std::size_t bytes,
                                     time_point now, unix_ms wall) {
  last_used_ = now;
  auto name = dispatched_name(sender, id);
  if (!id.empty()) {
    if (auto known = ids().find(name, now)) {
      auto again = *known;
      again.duplicate = true;
      return again;
    }
  }
  const dispatched d{status_of(nsp, bytes), ++book_->seq, wall, false};
  if (!id.empty())
    ids().remember(std::move(name), d, now);
  return d;
}

dispatched presence_model::on_undelivered(std::string_view sender, std::string_view id, dispatched d, const std::string& nsp,
                                          std::size_t bytes, time_point now) {
  d.status = status_of(nsp, bytes);
  if (!id.empty()) {
    forget(sender, id);
    ids().remember(dispatched_name(sender, id), d, now);
  }
  return d;
}

delivery_status presence_model::status_of(const std::string& nsp, std::size_t bytes) const {
  return is_in(nsp) ? delivery_status::delivered : may_queue(bytes) ? delivery_status::queued : delivery_status::sent;
}

void presence_model::forget(std::string_view sender, std::string_view id) {
  if (ids_)
    ids_->forget(dispatched_name(sender, id));
}

bool presence_model::is_in(std::string_view nsp) const {
  return std::any_of(sockets_.begin(), sockets_.end(), [&](auto& s) { return s.nsp == nsp; });
}

bool presence_model::on_delivery(std::string name, const dispatched& d, time_point now) {
  last_used_ = now;
  counted(d.seq);
  if (name.empty())
    return true;
  if (ids().find(name, now))
    return false;
  ids().remember(std::move(name), d, now);
  return true;
}

messaging::id_memory<dispatched>& presence_model::ids() {
  if (!ids_)
    ids_ = std::make_unique<messaging::id_memory<dispatched>>(options_->dedup_ids, options_->dedup_window);
  return *ids_;
}

time_passed presence_model::on_time(time_point now) {
  time_passed t;
  if (goes_at() && *offline_at_ <= now) {
    offline_at_.reset();
    online_ = false;
    status_ = "online";
    last_used_ = now;
    t.went_offline = true;
  }
  const bool nothing_to_keep = t.went_offline && book_->seq == 0 && !ids_;
  t.idle = unneeded() && (nothing_to_keep || now - last_used_ >= options_->idle_timeout);
  return t;
}

std::optional<time_point> presence_model::next_deadline() const {
  std::optional<time_point> next = goes_at();
  auto earlier = [&](std::optional<time_point> t) {
    if (t && (!next || *t < *next))
      next = t;
  };
  if (unneeded())
    earlier(last_used_ + options_->idle_timeout);
  return next;
}

} // namespace troupe::presence
