#include "load/client/crowd.hpp"

#include "load/measure/now.hpp"

#include <algorithm>

namespace troupe::load {
namespace {

constexpr int starts_at_once = 64; ///< then the answers have their turn
constexpr std::int64_t retry_least_ns = 50 * ms_ns;
constexpr std::int64_t retry_most_ns = 150 * ms_ns;

} // namespace

crowd::crowd(const options& o, std::vector<target> targets, std::optional<tls_client> tls)
  : o_{o}, loop_{o, std::move(targets), std::move(tls), *this}, clients_(o.connections), random_{o.seed} {
  for (std::uint32_t i = 0; i < clients_.size(); ++i) {
    clients_[i].index = i;
    clients_[i].room = i % o.rooms;
    clients_[i].member = i / o.rooms;
  }
}

void crowd::start(client& c, std::int64_t at_ns) {
  waiting_.push({at_ns, c.index});
}

void crowd::start_all(std::int64_t now) {
  next_start_ns_ = now;
  for (auto& c : clients_)
    start(c, now);
}

void crowd::cut(client& c) {
  counts_.live -= c.at == phase::live;
  handshaking_ -= c.handshaking();
  loop_.cut(c);
}

void crowd::part(client& c) {
  --counts_.live;
  loop_.part(c);
  c.more().started_ns = now_ns();
  deadlines_.push_back({c.extras->started_ns, c.index});
}

void crowd::cut_all() {
  for (auto& c : clients_)
    cut(c);
}

std::int64_t crowd::work(std::int64_t now) {
  return std::min(start_some(now), end_slow_ones(now));
}

std::int64_t crowd::start_some(std::int64_t now) {
  const std::int64_t gap = o_.connect_rate > 0 ? static_cast<std::int64_t>(1e9 / o_.connect_rate) : 0;
  for (int n = 0; !waiting_.empty(); ++n) {
    if (handshaking_ >= o_.connect_concurrency)
      return never;
    const auto at = std::max(waiting_.top().at_ns, gap ? next_start_ns_ : 0);
    if (at > now || n == starts_at_once)
      return at;
    auto& c = clients_[waiting_.top().index];
    waiting_.pop();
    next_start_ns_ = std::max(next_start_ns_, now - second_ns) + gap;
    ++handshaking_;
    loop_.start(c);
    if (c.handshaking())
      deadlines_.push_back({c.extras->started_ns, c.index});
  }
  return never;
}

std::int64_t crowd::end_slow_ones(std::int64_t now) {
  while (!deadlines_.empty()) {
    const auto [started, index] = deadlines_.front();
    auto& c = clients_[index];
    // It may be over, and a later attempt of the same client under way: that one has an entry of its own.
    if ((c.handshaking() || c.at == phase::parting) && c.extras->started_ns == started) {
      if (const auto due = started + seconds(o_.timeout_s); due > now)
        return due;
      loop_.give_up(c, ending::timed_out, "a handshake or a goodbye took longer than the time-out", now);
    }
    deadlines_.pop_front();
  }
  return never;
}

void crowd::on_live(client& c, std::int64_t now) {
  --handshaking_;
  ++counts_.live;
  ++counts_.established;
  listener_->on_live(c, now);
}

void crowd::on_packet(client& c, std::string_view text, std::int64_t now) {
  listener_->on_packet(c, text, now);
}

void crowd::on_read(client& c, std::int64_t now) {
  listener_->on_read(c, now);
}

void crowd::on_gone(client& c, phase was, ending how, std::string_view detail, std::int64_t now) {
  if (was != phase::parting && counts_.first_problem.empty())
    counts_.first_problem = detail;
  if (was == phase::live) {
    --counts_.live;
    ++counts_.lost;
  } else if (was < phase::live) {
    --handshaking_;
    if (retry_) {
      std::uniform_int_distribution<std::int64_t> pause{retry_least_ns, retry_most_ns};
      start(c, now + pause(random_));
    }
    count_failure(how);
  }
  listener_->on_gone(c, was, how, detail, now);
}

void crowd::count_failure(ending how) {
  switch (how) {
  case ending::refused: ++counts_.refused; break;
  case ending::timed_out: ++counts_.timed_out; break;
  case ending::rejected: ++counts_.rejected; break;
  case ending::closed:
  case ending::failed: ++counts_.failed;
  }
}

} // namespace troupe::load
