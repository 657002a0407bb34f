// Changing homes.

#include "core/cluster/room_replica.hpp"

#include <algorithm>
#include <utility>

namespace troupe::cluster {
namespace {

constexpr duration log_open_retry{250};

} // namespace

void room_replica::on_home(node_ref home, std::uint64_t epoch, bool open_now, time_point now, unix_ms wall) {
  wall_ = wall;
  if (epoch < epoch_) {
    ++counts_.stale_dropped;
    return;
  }
  const bool news = epoch > epoch_ || home != home_;
  if (news) {
    if (role_ == role::home)
      step_down();
    home_ = home;
    epoch_ = epoch;
    confirmed_ = false;
    opening_ = 0;
    reopen_.reset();
    slot_open_ = false;
    arrived_.clear();
    std::erase_if(reports_, [&](auto& r) { return r.second.promised < epoch; });
  }
  if (home != me_) {
    become(home ? role::follower : role::homeless);
    std::erase_if(held_, [&](auto& h) { return h.what.epoch <= epoch; });
    std::erase_if(reports_, [&](auto& r) { return r.second.promised <= epoch; });
    if (!home)
      return;
    // Also when nothing is new: the home asks again because it did not get it.
    if (members_ > 0 || !tail_.empty() || seq_ > 0)
      follow_home(true);
    return resend();
  }
  if (role_ == role::home) {
    if (open_now)
      return;
    step_down(); // the node is cut off and must not order rooms
    slot_open_ = false;
  }
  become(role::opening);
  if (open_now && !slot_open_) {
    slot_open_ = true;
    open(now);
  }
}

void room_replica::step_down() {
  followers_.clear();
  arrived_.clear();
  readers_.clear();
  uncommitted_.clear(); // their publishers send them again; if the log has them, the next home knows
  repeats_.clear();
  unsaved_.clear();
  placed_ = seq_;
  stored_to_ = replicated_to_ = dropped_to_ = 0;
  ask_replicas_.reset();
  appending_ = 0;
  log_is_back(); // a guess: the next time as home finds out
}

void room_replica::open(time_point now) {
  reopen_.reset();
  if (options_->logged) {
    opening_ = ++token_;
    return out_->open_log(opening_, epoch_);
  }
  finish_opening({}, 0, now, wall_);
}

void room_replica::on_log_opened(std::uint64_t token, log_answer a, room::place end, const std::vector<message_ptr>& tail, time_point now,
                                 unix_ms wall) {
  if (token != opening_ || role_ != role::opening)
    return;
  opening_ = 0;
  if (a == log_answer::refused && end.epoch > epoch_) {
    ++counts_.overtaken;
    become(role::homeless);
    return out_->overtaken(end.epoch);
  }
  if (a == log_answer::unavailable) {
    log_up_ = false;
    if (!without_log()) {
      reopen_ = now + log_open_retry; // without the log nobody knows what was said last, unless it is away for all
      return;
    }
    retry_log_ = now + log_open_retry;
  } else {
    log_is_back();
  }
  // A log whose entries were taken away ends where this node has placed its last message under this epoch: it goes on from there.
  const auto placed_before = end.epoch == epoch_ ? end.seq : 0;
  const auto log_seq = std::max(placed_before, tail.empty() ? 0 : tail.back()->seq);
  stored_to_ = log_seq;
  replicated_to_ = a == log_answer::replicated ? log_seq : 0;
  finish_opening(tail, log_seq, now, wall);
}

std::map<std::uint64_t, message_ptr> room_replica::best_of(const std::vector<message_ptr>& log_tail) const {
  std::map<std::uint64_t, message_ptr> best;
  auto offer = [&](const message_ptr& m) {
    auto& held = best[m->seq];
    if (!held || held->epoch < m->epoch)
      held = m;
  };
  for (auto& m : log_tail)
    offer(m);
  for (auto& m : tail_.all())
    offer(m);
  for (auto& [node, report] : reports_)
    for (auto& m : report.tail)
      offer(m);
  return best;
}

void room_replica::finish_opening(const std::vector<message_ptr>& log_tail, std::uint64_t log_seq, time_point now, unix_ms wall) {
  const auto best = best_of(log_tail);
  auto top = std::max(seq_, log_seq);
  auto top_epoch = last_epoch_;
  for (auto& [node, report] : reports_) {
    if (report.seq > top)
      top_epoch = report.epoch;
    top = std::max(top, report.seq);
    document_version_ = std::max(document_version_, report.document_version);
  }
  const bool fresh = std::exchange(begins_anew_, false) || (seq_ == 0 && last_epoch_ == 0);
  const auto mine = best.find(seq_);
  if (!fresh && mine != best.end() && mine->second->epoch != last_epoch_)
    ++counts_.diverged;
  const auto had = seq_;
  tail_.clear();
  for (auto& [seq, m] : best) {
    last_op_[m->from.node] = std::max(last_op_[m->from.node], m->from.op);
    if (seq > had && !fresh) {
      if (seq != seq_ + 1)
        counts_.lost += seq - seq_ - 1;
      deliver(m, now);
    } else {
      tail_.push(m, now);
      remember_id(*m, now); // it may be from before this node's first member
      if (m->document_version)
        document_version_ = std::max(document_version_, m->document_version);
    }
    if (options_->logged && seq > log_seq)
      unsaved_.push_back(m);
  }
  seq_ = placed_ = top;
  last_epoch_ = !best.empty() && best.rbegin()->first == top ? best.rbegin()->second->epoch : top_epoch ? top_epoch : epoch_;
  become(role::home);
  auto reports = std::move(reports_);
  reports_.clear();
  for (auto& [node, report] : reports)
    answer_follow(node, report);
  write_log();
  if (options_->logged || !options_->clustered || out_->may_order())
    carry_out_waiting(now, wall);
}

} // namespace troupe::cluster
