// The home's part: places, the log, followers.

#include "core/cluster/room_replica.hpp"

#include "core/cluster/room_wire.hpp"
#include "core/messaging/stamp.hpp"
#include "core/room/announcements.hpp"

#include <algorithm>

namespace troupe::cluster {
namespace {

constexpr duration log_retry{250};
/// After a message that replicas did not have in time.
constexpr duration replicas_retry{500};
/// Operations that may wait for one message with their id.
constexpr std::size_t max_repeats = 100;

} // namespace

void room_replica::on(node_ref from, cluster::submit& m, time_point now) {
  const bool unsure = role_ == role::home && !options_->logged && !out_->may_order();
  const bool early = m.epoch > epoch_ || (m.epoch == epoch_ && (role_ == role::opening || unsure));
  if (early && held_.size() < options_->max_pending)
    held_.push_back({from, std::move(m)});
  else if (role_ == role::home && m.epoch == epoch_)
    carry_out_in_turn(from, m, now);
  else
    ++counts_.stale_dropped; // who sent it will hear of the home and send again
}

void room_replica::carry_out_in_turn(node_ref from, cluster::submit& m, time_point now) {
  auto& last = arrived_[from];
  if (m.previous > last) {
    ++counts_.stale_dropped; // one before it was lost with a link; both will come again
    return;
  }
  last = std::max(last, m.op.number);
  carry_out(from, std::move(m.op), now, wall_);
}

void room_replica::on(node_ref from, relay& m, time_point) {
  out_->deliver(m.what);
  if (role_ != role::home)
    return;
  std::string payload;
  encode(payload, told{m.what});
  for (auto& [node, members] : followers_)
    if (node != from)
      out_->send({&node, 1}, payload);
}

void room_replica::carry_out(node_ref from, room_op&& op, time_point now, unix_ms wall) {
  std::optional<op_result> r;
  if (auto p = std::get_if<publish_op>(&op.body)) {
    r = place_message(from, op.number, *p, now, wall);
  } else if (auto d = std::get_if<document_op>(&op.body)) {
    r = place_document(from, op.number, *d, now, wall);
  } else {
    auto& m = std::get<members_op>(op.body);
    if (auto f = followers_.find(from); f != followers_.end() && m.members > 0)
      f->second = m.members;
    r.emplace();
    r->epoch = epoch_;
    r->seq = seq_;
    r->members = members();
  }
  if (r)
    answer(from, op.number, *r);
}

void room_replica::answer(node_ref from, std::uint64_t number, const op_result& r) {
  if (from == me_)
    return finish(number, r);
  send(from, op_done{epoch_, number, r});
}

safety room_replica::level_of(std::uint64_t seq) const {
  if (seq > stored_to_ || seq <= dropped_to_)
    return safety::home;
  return seq <= replicated_to_ ? safety::replicated : safety::stored;
}

safety room_replica::known_level(std::uint64_t seq, time_point now) {
  const auto level = level_of(seq);
  if (level == safety::stored)
    ask_replicas_soon(now);
  return level;
}

bool room_replica::under_way(const origin& from) const {
  return std::any_of(uncommitted_.begin(), uncommitted_.end(), [&](auto& u) { return u->from == from; });
}

bool room_replica::was_placed(const origin& from) const {
  auto last = last_op_.find(from.node);
  return last != last_op_.end() && from.op <= last->second;
}

std::optional<op_result> room_replica::known_outcome(const origin& from, time_point now) {
  const auto m = was_placed(from) ? tail_.find(from) : nullptr;
  if (!m)
    return std::nullopt;
  ++counts_.repeated;
  op_result r;
  r.epoch = m->epoch;
  r.seq = m->seq;
  r.ts = m->ts;
  r.version = m->document_version;
  r.level = known_level(m->seq, now);
  return r;
}

std::optional<op_result> room_replica::known_id(const publish_op& op, time_point now) {
  const auto* before = ids_ ? ids_->find(messaging::id_of_user(op.user, op.id), now) : nullptr;
  if (!before)
    return std::nullopt;
  op_result r;
  r.epoch = before->epoch;
  r.seq = before->seq;
  r.ts = before->ts;
  r.duplicate = true;
  r.level = known_level(r.seq, now);
  return r;
}

message_ptr room_replica::under_way(const publish_op& op) const {
  const auto first =
    std::find_if(uncommitted_.begin(), uncommitted_.end(), [&](auto& u) { return u->id == op.id && u->user == op.user; });
  return first == uncommitted_.end() ? nullptr : *first;
}

std::optional<op_result> room_replica::wait_for(const room_message& first, const origin& who) {
  auto& others = repeats_[first.seq];
  if (std::find(others.begin(), others.end(), who) != others.end())
    return std::nullopt;
  if (others.size() < max_repeats) {
    others.push_back(who);
    return std::nullopt;
  }
  op_result r;
  r.failed = error{"overloaded", "the first message with this id is not stored yet; try again"};
  return r;
}

std::optional<op_result> room_replica::place_message(node_ref from, std::uint64_t number, publish_op& op, time_point now,
                                                     unix_ms wall) {
  const origin who{from, number};
  if (auto known = known_outcome(who, now))
    return known;
  if (under_way(who))
    return std::nullopt;
  if (!op.id.empty()) {
    if (auto known = known_id(op, now))
      return known;
    if (auto first = under_way(op))
      return wait_for(*first, who);
  }
  if (was_placed(who)) {
    // A node's operations arrive and survive in their order: this one was placed, too long ago to say where.
    ++counts_.outcomes_forgotten;
    op_result r;
    r.epoch = epoch_;
    r.duplicate = true;
    r.level = known_level(seq_, now);
    return r;
  }
  auto m = std::make_shared<room_message>();
  m->ts = wall;
  m->from = who;
  m->except = op.except;
  m->user = std::move(op.user);
  m->id = std::move(op.id);
  m->event = std::move(op.event);
  m->args = std::move(op.args);
  m->is_volatile = op.is_volatile;
  if (op.stamp)
    m->args.json = messaging::stamped(std::move(m->args.json), wall, placed_ + 1);
  return place_new(std::move(m), now);
}

std::optional<op_result> room_replica::place_document(node_ref from, std::uint64_t number, document_op& op, time_point now, unix_ms wall) {
  const origin who{from, number};
  if (auto known = known_outcome(who, now))
    return known;
  if (under_way(who))
    return std::nullopt;
  auto current = document_version_;
  for (auto& u : uncommitted_)
    current = std::max(current, u->document_version);
  // The first update that a room sees says where counting starts.
  if (current != 0 && current != op.base) {
    op_result r;
    r.failed = error{"version_conflict", "the document has changed: apply your changes to its current version"};
    r.version = current;
    return r;
  }
  auto m = std::make_shared<room_message>();
  m->ts = wall;
  m->from = who;
  m->except = op.except;
  m->user = op.user;
  m->event = "document_update";
  m->document_version = op.base + 1;
  m->args.json = room::document_update(op.document, op.user, op.changes, m->document_version);
  return place_new(std::move(m), now);
}

std::optional<op_result> room_replica::place_new(std::shared_ptr<room_message> m, time_point now) {
  m->epoch = epoch_;
  m->seq = ++placed_;
  const bool at_once = without_log() && uncommitted_.empty() && !appending_;
  if (options_->logged && !at_once) {
    uncommitted_.push_back(std::move(m));
    write_log();
    return std::nullopt;
  }
  if (options_->logged) {
    unsaved_.push_back(m);
    if (unsaved_.size() > options_->max_unsaved) {
      dropped_to_ = unsaved_.front()->seq;
      unsaved_.pop_front();
      ++counts_.unsaved_dropped;
    }
  }
  commit(std::move(m), safety::home, now);
  return std::nullopt;
}

void room_replica::commit(const message_ptr& m, safety level, time_point now) {
  deliver(m, now);
  if (!followers_.empty()) {
    std::string payload;
    encode_ordered(payload, epoch_, *m);
    std::vector<node_ref> to;
    to.reserve(followers_.size());
    for (auto& [node, members] : followers_)
      to.push_back(node);
    out_->send(to, std::move(payload));
  }
  op_result r;
  r.epoch = m->epoch;
  r.seq = m->seq;
  r.ts = m->ts;
  r.level = level;
  r.version = m->document_version;
  answer(m->from.node, m->from.op, r);
  const auto repeats = repeats_.extract(m->seq);
  if (!repeats)
    return;
  r.duplicate = true;
  for (auto& who : repeats.mapped())
    answer(who.node, who.op, r);
}

// -- the log --

void room_replica::write_log() {
  if (log_up_ && !(uncommitted_.empty() && unsaved_.empty()))
    send_batch();
}

void room_replica::send_batch() {
  if (appending_ || role_ != role::home)
    return;
  constexpr std::size_t most = 500;
  append_unsaved_ = std::min(unsaved_.size(), most);
  append_new_ = std::min(uncommitted_.size(), most - append_unsaved_);
  std::vector<message_ptr> batch(unsaved_.begin(), unsaved_.begin() + static_cast<std::ptrdiff_t>(append_unsaved_));
  batch.insert(batch.end(), uncommitted_.begin(), uncommitted_.begin() + static_cast<std::ptrdiff_t>(append_new_));
  appending_ = ++token_;
  out_->append(appending_, epoch_, std::move(batch));
}

void room_replica::log_is_back() {
  log_up_ = true;
  retry_log_.reset();
}

void room_replica::on_appended(std::uint64_t token, log_answer a, std::uint64_t log_epoch, std::uint64_t log_seq, time_point now) {
  if (token != appending_)
    return; // of an earlier life as home
  appending_ = 0;
  if (a == log_answer::refused) {
    if (log_epoch > epoch_) {
      ++counts_.overtaken;
      log_up_ = true;
      step_down();
      become(role::homeless);
      return out_->overtaken(log_epoch);
    }
    log_is_back();
    // An append whose answer got lost had happened: the log holds these already.
    stored_to_ = std::max(stored_to_, log_seq);
    while (!unsaved_.empty() && unsaved_.front()->seq <= log_seq)
      unsaved_.pop_front();
    while (!uncommitted_.empty() && uncommitted_.front()->seq <= log_seq) {
      auto m = std::move(uncommitted_.front());
      uncommitted_.pop_front();
      commit(m, safety::stored, now);
    }
    return write_log();
  }
  if (a == log_answer::unavailable) {
    // Whether it was written is open. Nobody hears of it before that is known, or before it is known that the log is away for all.
    log_up_ = false;
    retry_log_ = now + log_retry;
    return go_on_without_log(now);
  }
  log_is_back();
  const auto olds = std::min(append_unsaved_, unsaved_.size());
  const auto news = std::min(append_new_, uncommitted_.size());
  if (news > 0)
    stored_to_ = uncommitted_[news - 1]->seq;
  else if (olds > 0)
    stored_to_ = unsaved_[olds - 1]->seq;
  if (a == log_answer::replicated)
    replicated_to_ = stored_to_;
  else if (news + olds > 0)
    ask_replicas_soon(now);
  unsaved_.erase(unsaved_.begin(), unsaved_.begin() + static_cast<std::ptrdiff_t>(olds));
  for (auto n = news; n > 0; --n) {
    auto m = std::move(uncommitted_.front());
    uncommitted_.pop_front();
    commit(m, level_of(m->seq), now);
  }
  write_log();
}

void room_replica::ask_replicas_soon(time_point now) {
  if (options_->replicated && !ask_replicas_)
    ask_replicas_ = now + replicas_retry;
}

/// Once: whoever repeats a message wants to know, and the next one asks again.
void room_replica::ask_replicas() {
  ask_replicas_.reset();
  const bool behind = role_ == role::home && log_up_ && replicated_to_ < stored_to_;
  if (behind && !appending_)
    send_batch(); // perhaps empty
}

void room_replica::go_on_without_log(time_point now) {
  if (!without_log() || role_ != role::home || appending_)
    return;
  while (!uncommitted_.empty()) {
    auto m = std::move(uncommitted_.front());
    uncommitted_.pop_front();
    unsaved_.push_back(m);
    commit(m, safety::home, now);
  }
}

void room_replica::try_log_again(time_point now) {
  retry_log_.reset();
  if (log_up_ || role_ != role::home)
    return;
  retry_log_ = now + log_retry;
  go_on_without_log(now);
  if (without_log())
    return; // an append that nobody answers would hold up those after it
  if (unsaved_.empty() && uncommitted_.empty())
    log_is_back(); // the next message finds out
  else
    send_batch();
}

void room_replica::on_ordering_changed(time_point now, unix_ms wall) {
  wall_ = wall;
  if (role_ != role::home)
    return;
  if (!log_up_)
    try_log_again(now);
  if (!options_->logged && out_->may_order())
    carry_out_waiting(now, wall);
}

void room_replica::carry_out_waiting(time_point now, unix_ms wall) {
  auto held = std::move(held_);
  held_.clear();
  for (auto& h : held)
    if (h.what.epoch == epoch_)
      carry_out_in_turn(h.from, h.what, now);
  // A copy: what is answered at once leaves the list.
  std::vector<room_op> own;
  for (auto& w : waiting_)
    own.push_back(w.op);
  for (auto& op : own)
    carry_out(me_, std::move(op), now, wall);
}

// -- followers --

void room_replica::on(node_ref from, follow& m, time_point) {
  if (m.promised < epoch_) {
    ++counts_.stale_dropped;
    return;
  }
  if (role_ == role::home && m.promised == epoch_)
    return answer_follow(from, m);
  reports_[from] = std::move(m);
}

void room_replica::on(node_ref from, unfollow&, time_point) {
  followers_.erase(from);
  if (auto r = reports_.find(from); r != reports_.end())
    r->second.members = 0;
}

void room_replica::answer_follow(node_ref from, follow& m) {
  if (m.members == 0)
    return;
  followers_.erase(from); // nothing live until the answer is on its way
  const bool fresh = m.epoch == 0;
  const auto same = tail_.find(m.seq);
  if (!fresh && (m.seq > seq_ || (same && same->epoch != m.epoch)))
    ++counts_.diverged;
  if (fresh || m.seq >= seq_ || tail_.reaches(m.seq))
    return answer_follow_from(from, m, fresh ? std::vector<message_ptr>{} : tail_.after(m.seq), true);
  if (options_->logged && log_up_) {
    const auto token = ++token_;
    readers_[token] = {from, m};
    return out_->read_log(token, m.epoch, m.seq);
  }
  answer_follow_from(from, m, tail_.after(m.seq), false);
}

void room_replica::answer_follow_from(node_ref from, const follow& m, std::vector<message_ptr> missing, bool complete) {
  followers_[from] = m.members;
  send(from, following{epoch_, last_epoch_, seq_, members(), document_version_, complete, std::move(missing)});
}

void room_replica::on_log_read(std::uint64_t token, log_answer a, const std::vector<message_ptr>& found, time_point) {
  auto i = readers_.find(token);
  if (i == readers_.end() || role_ != role::home)
    return;
  const auto [who, asked] = std::move(i->second);
  readers_.erase(i);
  std::map<std::uint64_t, message_ptr> missing;
  if (a == log_answer::taken)
    for (auto& m : found)
      if (m->seq > asked.seq && m->seq <= seq_)
        missing[m->seq] = m;
  for (auto& m : tail_.after(asked.seq))
    missing[m->seq] = m;
  std::vector<message_ptr> list;
  for (auto& [seq, m] : missing)
    list.push_back(m);
  const bool complete = list.size() == seq_ - std::min(seq_, asked.seq);
  answer_follow_from(who, asked, std::move(list), complete);
}

} // namespace troupe::cluster
