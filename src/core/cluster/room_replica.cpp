#include "core/cluster/room_replica.hpp"

#include "core/cluster/room_wire.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

/// Nodes that are gone, and whose last operations are remembered all the same.
constexpr std::size_t max_departed = 100;

} // namespace

room_replica::room_replica(const replica_options& o, node_ref me, replica_effects& e, replica_counters& c, std::uint64_t first_number)
  : options_(&o), me_(me), out_(&e), counts_(c), tail_(o.tail), next_op_(first_number), token_(first_number) {}

void room_replica::send(node_ref to, const replica_message& m) {
  std::string payload;
  encode(payload, m);
  out_->send({&to, 1}, std::move(payload));
}

// -- operations of this node --

result<std::uint64_t> room_replica::submit(op_body body, time_point now, unix_ms wall) {
  const bool ours = role_ == role::home && (options_->logged || !options_->clustered || out_->may_order());
  const bool at_once = ours && !options_->logged;
  if (waiting_.size() >= options_->max_pending || uncommitted_.size() >= options_->max_pending)
    return error{"overloaded", "too many messages wait for this room; try again in a moment"};
  const auto number = next_op_++;
  if (at_once) {
    carry_out(me_, {number, std::move(body)}, now, wall);
    return number;
  }
  waiting_.push_back({{number, std::move(body)}, now + options_->operation_timeout});
  if (ours) {
    carry_out(me_, room_op(waiting_.back().op), now, wall);
  } else if (role_ == role::follower) {
    send_op(waiting_.size() < 2 ? 0 : waiting_[waiting_.size() - 2].op.number, waiting_.back().op);
  }
  return number;
}

void room_replica::finish(std::uint64_t op, const op_result& r) {
  auto i = std::find_if(waiting_.begin(), waiting_.end(), [&](auto& w) { return w.op.number == op; });
  if (i != waiting_.end())
    waiting_.erase(i);
  else if (role_ != role::home || options_->logged)
    return; // answered before, or given up
  out_->done(op, r);
}

void room_replica::tell(notice n) {
  n.from = me_;
  out_->deliver(n);
  if (role_ == role::follower)
    return send(home_, relay{std::move(n)});
  if (role_ != role::home || followers_.empty())
    return;
  std::string payload;
  encode(payload, told{std::move(n)});
  for (auto& [node, members] : followers_)
    out_->send({&node, 1}, payload);
}

result<std::uint64_t> room_replica::set_members(std::uint64_t n, time_point now, unix_ms wall) {
  const bool first = members_ == 0 && n > 0;
  const bool last = members_ > 0 && n == 0;
  members_ = n;
  if (first)
    begins_anew_ = role_ != role::home;
  if (role_ == role::follower && first)
    follow_home(false);
  if (role_ == role::follower && last) {
    send(home_, unfollow{});
    confirmed_ = false;
    last_epoch_ = seq_ = 0; // what comes from now on is not heard: the next member begins where the room then is
    tail_.clear();
  }
  return submit(members_op{n}, now, wall);
}

// -- following --

void room_replica::follow_home(bool with_tail) {
  follow f{epoch_, last_epoch_, seq_, members_, document_version_, {}};
  if (with_tail)
    f.tail = tail_.all();
  send(home_, f);
}

void room_replica::send_op(std::uint64_t previous, const room_op& op) {
  std::string payload;
  encode_submit(payload, epoch_, previous, op);
  out_->send({&home_, 1}, std::move(payload));
}

void room_replica::resend() {
  std::uint64_t previous = 0;
  for (auto& w : waiting_) {
    ++counts_.resent;
    send_op(previous, w.op);
    previous = w.op.number;
  }
}

void room_replica::deliver(const message_ptr& m, time_point now) {
  take_in(m, now);
  out_->deliver(m);
}

void room_replica::take_in(const message_ptr& m, time_point now) {
  seq_ = m->seq;
  last_epoch_ = m->epoch;
  if (m->document_version)
    document_version_ = m->document_version;
  if (options_->clustered) {
    tail_.push(m, now);
    auto& last = last_op_[m->from.node];
    last = std::max(last, m->from.op);
  }
  remember_id(*m, now);
}

void room_replica::remember_id(const room_message& m, time_point now) {
  if (m.id.empty())
    return;
  if (!ids_)
    ids_ = std::make_unique<messaging::id_memory<place>>(options_->dedup_ids, options_->dedup_window);
  auto name = messaging::id_of_user(m.user, m.id);
  if (!ids_->find(name, now))
    ids_->remember(std::move(name), {m.epoch, m.seq, m.ts}, now);
}

void room_replica::on_message(node_ref from, std::string_view payload, time_point now, unix_ms wall) {
  wall_ = wall;
  auto m = decode_replica_message(payload);
  if (!m) {
    ++counts_.bad_messages;
    return;
  }
  std::visit([&](auto& body) { on(from, body, now); }, *m);
}

void room_replica::on(node_ref from, following& m, time_point now) {
  if (role_ != role::follower || from != home_ || m.epoch != epoch_ || members_ == 0) {
    ++counts_.stale_dropped;
    return;
  }
  const bool fresh = seq_ == 0 && last_epoch_ == 0;
  for (auto& one : m.missing) {
    if (one->seq <= seq_)
      continue;
    if (begins_anew_) {
      take_in(one, now); // said before the first member came
      continue;
    }
    if (!fresh && one->seq != seq_ + 1)
      counts_.lost += one->seq - seq_ - 1;
    deliver(one, now);
  }
  if (!fresh && !begins_anew_ && m.seq > seq_)
    counts_.lost += m.seq - seq_;
  begins_anew_ = false;
  seq_ = m.seq;
  last_epoch_ = m.last_epoch ? m.last_epoch : m.epoch;
  document_version_ = std::max(document_version_, m.document_version);
  confirmed_ = true;
}

void room_replica::on(node_ref from, ordered& m, time_point now) {
  if (role_ != role::follower || from != home_ || m.epoch != epoch_ || !confirmed_) {
    ++counts_.stale_dropped;
    return;
  }
  if (m.what->seq <= seq_)
    return;
  if (m.what->seq != seq_ + 1) {
    ++counts_.gaps;
    confirmed_ = false;
    return follow_home(false);
  }
  deliver(m.what, now);
}

void room_replica::on(node_ref from, told& m, time_point) {
  if (role_ == role::follower && from == home_)
    out_->deliver(m.what);
}

void room_replica::on(node_ref from, op_done& m, time_point) {
  if (from == home_ && m.epoch == epoch_)
    finish(m.number, m.result);
}

void room_replica::on_peer_up(node_ref peer) {
  std::erase(departed_, peer);
  if (role_ != role::follower || peer != home_)
    return;
  if (members_ > 0)
    follow_home(!confirmed_);
  resend();
}

void room_replica::on_peer_down(node_ref peer) {
  followers_.erase(peer);
}

void room_replica::on_peer_gone(node_ref peer) {
  followers_.erase(peer);
  reports_.erase(peer);
  arrived_.erase(peer);
  // It may be held for dead only, and come back with operations that were placed meanwhile.
  std::erase(departed_, peer);
  departed_.push_back(peer);
  if (departed_.size() > max_departed) {
    last_op_.erase(departed_.front());
    departed_.pop_front();
  }
  std::erase_if(held_, [&](auto& h) { return h.from == peer; });
  std::erase_if(readers_, [&](auto& r) { return r.second.who == peer; });
}

// -- time --

void room_replica::on_time(time_point now) {
  tail_.trim(now);
  if (retry_log_ && *retry_log_ <= now) {
    try_log_again(now);
  }
  if (reopen_ && *reopen_ <= now && role_ == role::opening)
    open(now);
  if (ask_replicas_ && *ask_replicas_ <= now)
    ask_replicas();
  while (!waiting_.empty() && waiting_.front().until <= now) {
    const auto number = waiting_.front().op.number;
    waiting_.pop_front();
    ++counts_.expired;
    op_result r;
    // Nothing can be placed, or become known, before the log answers again.
    const bool waits_for_log = options_->logged && !log_up_ && (role_ == role::home || role_ == role::opening);
    r.failed = waits_for_log ? error{"log_unavailable", "the store of the rooms' history does not answer; try again"}
                             : error{"room_unavailable", "the node that orders this room, or the store of its history, cannot be reached; try again"};
    out_->done(number, r);
  }
}

std::optional<time_point> room_replica::next_deadline() const {
  auto next = tail_.next_deadline();
  if (!waiting_.empty() && (!next || waiting_.front().until < *next))
    next = waiting_.front().until;
  for (auto& other : {retry_log_, reopen_, ask_replicas_})
    if (other && (!next || *other < *next))
      next = other;
  return next;
}

std::uint64_t room_replica::members() const {
  auto n = members_;
  for (auto& [node, count] : followers_)
    n += count;
  return n;
}

std::optional<room::place> room_replica::log_end() const {
  if (role_ != role::home || !options_->logged || !log_up_ || !uncommitted_.empty() || !unsaved_.empty())
    return std::nullopt;
  return room::place{epoch_, seq_};
}

bool room_replica::unneeded() const {
  return members_ == 0 && followers_.empty() && waiting_.empty() && held_.empty() && uncommitted_.empty() && unsaved_.empty() && reports_.empty()
         && readers_.empty() && opening_ == 0;
}

} // namespace troupe::cluster
