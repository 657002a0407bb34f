// A room's operations, its home and replicas on other nodes, and its log.

#include "actors/room_actor.hpp"

#include "actors/history.hpp"
#include "actors/hub.hpp"
#include "core/cluster/envelope.hpp"
#include "core/cluster/room_wire.hpp"
#include "core/logic/refusals.hpp"
#include "core/messaging/answers.hpp"
#include "core/recovery/offset.hpp"
#include "core/room/room_key.hpp"
#include "core/room/public_message.hpp"
#include "core/presence/presence_texts.hpp"
#include "core/room/announcements.hpp"

#include <caf/send.hpp>

#include <utility>

namespace troupe::actors {

// -- operations --

template <class F>
void room_actor::ask_by(asker a, F f) {
  // Most operations are done before the call returns; only the others need a place in the table.
  asking_ = replica_.next_operation();
  asker_ = std::move(a);
  const auto number = f();
  if (!number) {
    cluster::op_result refused;
    refused.failed = number.error();
    asking_ = 0;
    return answer(asker_, refused);
  }
  if (asking_ == *number)
    askers_.emplace(*number, std::move(asker_));
  asking_ = 0;
}

void room_actor::ask(asker a, cluster::op_body what) {
  ask_by(std::move(a), [&] { return replica_.submit(std::move(what), now(), hub().wall()); });
}

void room_actor::ask_members(asker a) {
  ask_by(std::move(a), [&] { return replica_.set_members(model_.size(), now(), hub().wall()); });
}

void room_actor::done(std::uint64_t op, const cluster::op_result& r) {
  if (op == asking_) {
    asking_ = 0;
    return answer(asker_, r);
  }
  if (auto waiting = askers_.extract(op))
    answer(waiting.mapped(), r);
}

void room_actor::answer(asker& a, const cluster::op_result& r) {
  switch (a.kind) {
    case asker::what::members: return answer_leave(a, r);
    case asker::what::join: return answer_join(a, r);
    case asker::what::resume: return answer_resume(a, r);
    case asker::what::publish: return answer_publish(a, r);
    case asker::what::document: return answer_document(a, r);
  }
}

// Whether comings and goings are told depends on the members of all nodes, which the home has counted.

void room_actor::answer_leave(asker& a, const cluster::op_result& r) {
  if (a.news && !r.failed && r.members < kind_.rooms.announce_max_members)
    announce("room_left", room::membership(model_.name(), *a.news), {});
}

void room_actor::answer_join(asker& a, const cluster::op_result& r) {
  auto& state = joining_.at(*a.who);
  state.confirmed |= !r.failed;
  const bool stays = state.confirmed || state.pending > 1;
  if (--state.pending == 0)
    joining_.erase(*a.who);
  // The others hear of it before the joiner's own ack only if they are elsewhere, so nobody can tell.
  if (a.news && !r.failed && r.members <= kind_.rooms.announce_max_members)
    announce("room_joined", room::membership(model_.name(), *a.news), a.who);
  if (!r.failed) {
    if (a.tell_place) // which answers when the session is kept
      return hub().to_connection(*a.who, room_entered{std::string(nsp()), model_.name(), a.after ? *a.after : first_heard_.value_or(here()),
                                                      a.ack, r.members});
    return hub().answer(*a.who, nsp(), a.ack, messaging::joined(model_.name(), r.members));
  }
  if (stays)
    return refuse(*a.who, a.ack, *r.failed);
  if (model_.on_leave(*a.who, false, now()).gone)
    hub().counts.memberships.sub();
  hub().egress.submit(a.who->shard, ports::roster_leave{*key_, *a.who});
  refuse(*a.who, a.ack, *r.failed, model_.name());
}

void room_actor::answer_resume(asker& a, const cluster::op_result& r) {
  auto& m = *a.resume;
  if (r.failed) {
    if (model_.on_leave(*a.who, false, now()).gone)
      hub().counts.memberships.sub();
    return hub().to_connection(*a.who, room_resumed{std::string(nsp()), model_.name(), {}, *r.failed});
  }
  if (!model_.find(*a.who))
    return; // it could not wait, and has left
  // Everything up to here is made up for; from here on the session gets what everybody gets.
  hub().egress.submit(a.who->shard, ports::roster_join{*key_, *a.who});
  const auto to = here();
  auto found = recovery::missed(m.from, replica_.kept(), to);
  if (!found)
    return look_into_log(std::move(a.resume), to);
  hub().to_connection(*a.who, room_resumed{std::string(nsp()), model_.name(), to, std::move(found)});
}

void room_actor::answer_publish(asker& a, const cluster::op_result& r) {
  if (r.failed) {
    if (a.who)
      refuse(*a.who, a.ack, *r.failed);
    if (a.done)
      a.done(*r.failed);
    return;
  }
  (r.duplicate ? hub().counts.duplicates : hub().counts.published).add();
  const bool logged = kind_.replicas.logged;
  published p{r.seq, r.ts, r.duplicate, logged ? std::optional(r.level) : std::nullopt, std::nullopt};
  if (r.level < a.level) {
    p.too_low = logic::level_not_reached(r.level, a.level);
    hub().counts.refusals.add(p.too_low->code);
  } else if (logged) {
    hub().counts.levels[static_cast<std::size_t>(r.level)].add();
  }
  if (a.who)
    answer_sender(a, p);
  if (a.done)
    a.done(std::move(p));
}

void room_actor::answer_sender(asker& a, const published& p) {
  const auto level = p.level ? to_string(*p.level) : "";
  if (p.too_low)
    return tell_refusal(*a.who, a.ack, messaging::level_not_reached(*p.too_low, a.id, p.seq, p.ts, level.empty() ? "home" : level));
  if (a.ack)
    hub().answer(*a.who, nsp(), a.ack, messaging::published(a.id, model_.name(), p.seq, p.ts, level));
  if (a.confirm)
    hub().tell(*a.who, hub().event(nsp(), "message:sent", {presence::sent_text(a.id, "sent"), {}}, hub().frame_flags()));
}

/// To the ack, or as the event `error`: what the room has taken all the same is no connection's mistake.
void room_actor::tell_refusal(session_ref who, ack_id ack, std::string object) {
  if (ack)
    return hub().answer(who, nsp(), ack, std::move(object));
  hub().tell(who, hub().event(nsp(), "error", {std::move(object), {}}, hub().frame_flags()));
}

void room_actor::answer_document(asker& a, const cluster::op_result& r) {
  if (!r.failed && r.level < a.level) {
    const auto why = logic::level_not_reached(r.level, a.level);
    hub().counts.refusals.add(why.code);
    return tell_refusal(*a.who, a.ack, messaging::update_level_not_reached(why, r.version, to_string(r.level)));
  }
  if (!r.failed)
    return hub().answer(*a.who, nsp(), a.ack, messaging::updated(a.id, r.version));
  if (r.failed->code != "version_conflict")
    return refuse(*a.who, a.ack, *r.failed);
  hub().counts.refusals.add("version_conflict");
  hub().answer(*a.who, nsp(), a.ack, messaging::version_conflict(*r.failed, r.version));
}

// -- what the replica wants --

std::optional<session_ref> room_actor::only_here(cluster::node_ref node, const std::optional<session_ref>& except) const {
  return node == hub().opts.me ? except : std::nullopt;
}

void room_actor::deliver(const cluster::message_ptr& m) {
  if (m->document_version && !std::exchange(book_->is_document, true))
    hub().counts.documents.add();
  if (hub().record && hub().record->publishes_messages() && home().slots.home_of(*key_).node == hub().opts.me)
    hub().record->message(*key_, room::public_message(*key_, *m));
  if (model_.size() == 0)
    return;
  if (!first_heard_)
    first_heard_ = recovery::place{m->epoch, m->seq - 1};
  const auto except = only_here(m->from.node, m->except);
  if (m->is_volatile || mark_ == 0)
    return fan_out(hub().event(nsp(), m->event, m->args, hub().frame_flags(m->is_volatile)), except);
  const recovery::said said{mark_, {m->epoch, m->seq}};
  const auto args = recovery::with_offset(m->args, {said.room, said.at, hub().settled(), false, hub().mark});
  fan_out(hub().message(nsp(), m->event, args), except, said);
}

void room_actor::deliver(const cluster::notice& n) {
  if (model_.size() > 0)
    fan_out(hub().event(nsp(), n.event, {n.json, {}}, hub().frame_flags()), only_here(n.from, n.except));
}

void room_actor::send(std::span<const cluster::node_ref> to, std::string payload) {
  const auto bytes = cluster::sealed(cluster::addressee::room, *key_, payload);
  for (auto node : to)
    home().tell_peer(node, bytes);
}

void room_actor::overtaken(std::uint64_t epoch) {
  if (hub().cluster)
    return hub().tell_cluster(higher_epoch_seen{cluster::slot_of(*key_), epoch});
  // A node of its own has no other to give way to: its clock went back, or its cluster was dissolved.
  hub().to_room(*key_, room_home{{hub().opts.me, epoch + 1, true}, {}});
}

// The clock itself, not the round's time: a process that was stopped goes on with a round that began before.
bool room_actor::may_order() const { return clock::now() < hub().sure_until.load(std::memory_order_acquire); }

bool room_actor::log_is_away() const { return hub().log_away.load(std::memory_order_acquire); }

// -- the cluster's news --

void room_actor::on(room_home& m) {
  replica_.on_home(m.home.node, m.home.epoch, m.home.open, now(), hub().wall());
  m.reported.reset();
}

void room_actor::on(room_peer& m) {
  switch (m.what) {
    case room_peer::news::up: return replica_.on_peer_up(m.node);
    case room_peer::news::down: return replica_.on_peer_down(m.node);
    case room_peer::news::gone: return replica_.on_peer_gone(m.node);
  }
}

void room_actor::on(room_from_peer& m) { replica_.on_message(m.from, m.payload, now(), hub().wall()); }

// -- the log --

namespace {

/// `asking`: nothing was to be appended.
cluster::log_answer answer_of(const result<ports::appended>& r, std::uint64_t epoch, bool asking) {
  if (!r)
    return cluster::log_answer::unavailable;
  if (asking ? r->last.epoch > epoch : !r->taken)
    return cluster::log_answer::refused;
  return r->replicated ? cluster::log_answer::replicated : cluster::log_answer::taken;
}

} // namespace

void room_actor::append(std::uint64_t token, std::uint64_t epoch, std::vector<cluster::message_ptr> batch) {
  std::vector<ports::log_entry> entries;
  entries.reserve(batch.size());
  for (auto& m : batch)
    entries.push_back({{epoch, m->seq}, cluster::encode_entry(*m)});
  const bool asking = entries.empty();
  const auto number = hub().late.begin(hub().wall());
  auto back = [hub = hub().shared_from_this(), key = key_, token, epoch, asking, number](const result<ports::appended>& r) {
    hub->late.end(number, r.has_value(), hub->wall());
    hub->to_room(*key, room_logged{token, answer_of(r, epoch, asking), r ? r->last : ports::log_position{}});
  };
  hub().log->append(*key_, std::move(entries), kind_.keep, std::move(back));
}

void room_actor::open_log(std::uint64_t token, std::uint64_t epoch) {
  auto& log = *hub().log;
  auto back = [hub = hub().shared_from_this(), key = key_, token, epoch, limit = kind_.replicas.tail.max_messages](const result<ports::appended>& fence) {
    if (!fence)
      return hub->to_room(*key, room_log_opened{token, cluster::log_answer::unavailable, {}, {}});
    const auto a = answer_of(fence, epoch, false);
    hub->log->tail(*key, ports::log_end, limit, [hub, key, token, a, end = fence->last](const result<std::vector<ports::log_entry>>& r) {
      if (!r)
        return hub->to_room(*key, room_log_opened{token, cluster::log_answer::unavailable, {}, {}});
      hub->to_room(*key, room_log_opened{token, a, end, messages_of(*r)});
    });
  };
  log.append(*key_, {{{epoch, 0}, {}}}, kind_.keep, std::move(back));
}

void room_actor::read_log(std::uint64_t token, std::uint64_t after_epoch, std::uint64_t after_seq) {
  const auto limit = kind_.replicas.tail.max_messages;
  hub().log->read(*key_, {after_epoch, after_seq}, limit, [hub = hub().shared_from_this(), key = key_, token](const result<std::vector<ports::log_entry>>& r) {
    if (!r)
      return hub->to_room(*key, room_log_read{token, cluster::log_answer::unavailable, {}});
    hub->to_room(*key, room_log_read{token, cluster::log_answer::taken, messages_of(*r)});
  });
}

/// Beyond what this node still has of the room. Answers the connection itself: the room need not hear of it.
void room_actor::look_into_log(std::unique_ptr<room_resume> m, recovery::place to) {
  const auto most = hub().opts.recovery.max_missed + 1;
  const auto from = m->from;
  auto found = [hub = hub().shared_from_this(), key = key_, m = std::shared_ptr<room_resume>(std::move(m)), to, most,
                tail = replica_.kept()](const result<std::vector<ports::log_entry>>& r) {
    room_resumed answer{std::string(nsp_of(*key)), std::string(room_of(*key)), to, error{}};
    if (!r) {
      answer.missed = r.error();
    } else if (r->size() == most && m->from.settled == 0) {
      answer.missed = error{"too_much_missed", "more was said meanwhile than is made up for"};
    } else {
      auto known = messages_of(*r);
      for (auto& t : tail)
        if (known.empty() || t->seq > known.back()->seq)
          known.push_back(t);
      answer.missed = recovery::missed(m->from, known, to);
    }
    hub->to_connection(m->who.session, std::move(answer));
  };
  // What has settled is at the far end, where reading onwards from long ago might not get to.
  if (from.settled > 0)
    hub().log->tail(*key_, ports::log_end, most, std::move(found));
  else
    hub().log->read(*key_, {from.after.epoch, from.after.seq}, most, std::move(found));
}

void room_actor::on(room_logged& m) { replica_.on_appended(m.token, m.answer, m.end.epoch, m.end.seq, now()); }

void room_actor::on(room_log_opened& m) {
  replica_.on_log_opened(m.token, m.answer, m.end, m.tail, now(), hub().wall());
}

void room_actor::on(room_ordering_changed&) { replica_.on_ordering_changed(now(), hub().wall()); }

void room_actor::on(room_log_read& m) { replica_.on_log_read(m.token, m.answer, m.found, now()); }

} // namespace troupe::actors
