#include "actors/room_actor.hpp"

#include "actors/history.hpp"
#include "actors/hub.hpp"
#include "base/log.hpp"
#include "core/messaging/answers.hpp"
#include "core/room/announcements.hpp"
#include "core/room/room_key.hpp"

#include <caf/send.hpp>

#include <algorithm>

namespace troupe::actors {

room_actor::room_actor(caf::actor_config& cfg, shard& home, std::string key, std::shared_ptr<room_book> book)
  : pinned(cfg, home), key_(std::make_shared<const std::string>(std::move(key))), book_(std::move(book)), kind_(hub().kind_of(*key_)),
    mark_(hub().recovers(nsp_of(*key_)) ? recovery::room_mark(*key_) : 0),
    replica_(book_->replica ? *book_->replica
                            : book_->replica.emplace(kind_.replicas, hub().opts.me, static_cast<cluster::replica_effects&>(*this),
                                                       hub().counts.replicas, home.room_numbers_used + 1)),
    model_(std::string(room_of(*key_)), kind_.rooms, hub().shards(), now()) {
  replica_.use(*this);
  // A node of its own begins under another epoch at each start, so that a log that outlives it tells its lives apart.
  if (const auto known = home.slots.home_of(*key_); known.node)
    replica_.on_home(known.node, hub().cluster ? known.epoch : hub().opts.me.incarnation, known.open, now(), hub().wall());
}

caf::behavior room_actor::make_behavior() {
  return {[this](room_op& op) { on_op(op); },
          [this](wake) { on_wake(); }};
}

std::string room_actor::describe() const { return "room nsp=" + std::string(nsp()) + " name=" + model_.name(); }

std::string_view room_actor::nsp() const { return nsp_of(*key_); }

void room_actor::on_end() { hub().counts.memberships.sub(static_cast<std::int64_t>(model_.size())); }

void room_actor::on_op(room_op& op) {
  ++seen_;
  if (std::holds_alternative<room_from_peer>(op) || std::holds_alternative<room_peer>(op))
    model_.touch(now()); // whoever is left on other nodes, or was
  std::visit([this](auto& m) { on(m); }, op);
  schedule();
}

void room_actor::schedule() {
  auto next = model_.next_deadline();
  const auto other = replica_.next_deadline();
  wake_at(next && other ? std::min(*next, *other) : next ? next : other);
}

void room_actor::on_wake() {
  auto passed = model_.on_time(now());
  for (auto& who : passed.stopped_typing)
    tell_typing(who, false);
  replica_.on_time(now());
  if (passed.idle && replica_.unneeded())
    return caf::anon_send(hub().directories[home().index], room_idle{*key_, seen_});
  if (passed.idle)
    model_.touch(now());
  schedule();
}

void room_actor::on(room_join& m) {
  const auto session = m.who.session;
  auto joined = model_.on_join(m.who, m.announce, now());
  if (!joined)
    return refuse(session, m.ack, joined.error(), model_.name());
  hub().egress.submit(session.shard, ports::roster_join{*key_, session});
  if (joined->added)
    hub().counts.memberships.add();
  if (m.reported)
    return replica_.restore_members(model_.size());
  const auto [waits, first] = joining_.try_emplace(session);
  ++waits->second.pending;
  if (first)
    waits->second.confirmed = !joined->added;
  asker a;
  a.kind = asker::what::join;
  a.who = session;
  a.ack = m.ack;
  a.tell_place = m.tell_place;
  if (replica_.current())
    a.after = here();
  else
    first_heard_.reset();
  if (joined->announce)
    a.news = std::move(m.who);
  ask_members(std::move(a));
}

void room_actor::on(room_resume& m) {
  const auto session = m.who.session;
  // Where nothing is kept nobody can tell what the client has missed.
  auto joined = kind_.replicas.logged ? model_.on_join(m.who, false, now()) : result<room::joined>(history_off());
  if (!joined)
    return hub().to_connection(session, room_resumed{std::string(nsp()), model_.name(), {}, joined.error()});
  if (joined->added)
    hub().counts.memberships.add();
  asker a;
  a.kind = asker::what::resume;
  a.who = session;
  a.resume = std::make_unique<room_resume>(std::move(m));
  ask_members(std::move(a));
}

void room_actor::on(room_leave& m) {
  auto left = model_.on_leave(m.who, m.announce, now());
  if (const auto i = joining_.find(m.who); i != joining_.end())
    i->second.confirmed = false;
  hub().egress.submit(m.who.shard, ports::roster_leave{*key_, m.who});
  hub().answer(m.who, nsp(), m.ack, messaging::left(model_.name()));
  if (!left.gone)
    return;
  hub().counts.memberships.sub();
  if (left.was_typing)
    tell_typing(*left.gone, false);
  asker a;
  if (left.announce)
    a.news = std::move(left.gone);
  ask_members(std::move(a));
}

void room_actor::on(room_publish& m) {
  auto& what = m.what;
  if (auto may = model_.on_publish(m.sender, what.members_only, now()); !may) {
    if (m.sender)
      refuse(*m.sender, m.ack, may.error());
    if (m.done)
      m.done(may.error());
    return;
  }
  asker a{asker::what::publish, m.sender, m.ack, what.confirm, false, {}, what.id, std::move(m.done), {}, {}, std::max(what.level, kind_.level)};
  cluster::publish_op op;
  op.user = std::move(m.user);
  op.id = std::move(what.id);
  op.event = std::move(what.event);
  op.args = std::move(what.args);
  op.stamp = what.stamp;
  op.is_volatile = what.is_volatile;
  if (!what.include_sender)
    op.except = m.sender;
  ask(std::move(a), std::move(op));
}

void room_actor::on(room_typing& m) {
  auto news = model_.on_typing(m.who, m.active, now());
  if (!news)
    return refuse(m.who, {}, news.error());
  if (*news)
    tell_typing(*model_.find(m.who), m.active);
}

void room_actor::on(room_document& m) {
  auto may = model_.on_document(m.who, m.what.base_version, now());
  const bool full = hub().counts.documents.get() >= static_cast<std::int64_t>(hub().opts.max_documents);
  if (may && full && replica_.document_version() == 0)
    may = error{"document_limit", "this node has no place for another document"};
  if (!may)
    return refuse(m.who, m.ack, may.error());
  asker a{asker::what::document, m.who, m.ack, false, false, {}, m.what.document, {}, {}, {}, kind_.level};
  cluster::document_op op;
  op.document = std::move(m.what.document);
  op.user = std::move(m.user);
  op.changes = std::move(m.what.changes);
  op.base = m.what.base_version;
  op.except = m.who;
  ask(std::move(a), std::move(op));
}

void room_actor::on(room_members_asked& m) {
  hub().answer(m.who, nsp(), m.ack, room::member_list(model_, m.max, replica_.members()));
}

void room_actor::on(room_recover&) {
  log::warn("room-restarted", "{} seq={}", describe(), replica_.seq());
  for (std::uint16_t s = 0; s < hub().shards(); ++s)
    hub().egress.submit(s, ports::list_members{*key_, [hub = hub().shared_from_this(), key = key_](std::vector<session_ref> found) {
                          for (auto who : found)
                            hub->to_connection(who, report_room{*key});
                        }});
}

void room_actor::on(room_describe& m) {
  m.into->add({std::string(nsp()), model_.name(), replica_.members(), replica_.seq()});
}

void room_actor::on(room_list_members& m) {
  m.count->store(replica_.members());
  for (auto& [session, who] : model_.members()) {
    if (m.into->full())
      return;
    m.into->add({std::string(who.socket.view()), who.user});
  }
}

void room_actor::fan_out(const outbound_ptr& what, std::optional<session_ref> except, const recovery::said& said) {
  hub().counts.events_out.add();
  auto& by_shard = model_.by_shard();
  for (std::uint16_t s = 0; s < by_shard.size(); ++s)
    if (by_shard[s] > 0)
      hub().egress.submit(s, ports::fan_out_room{key_, what, except, said});
}

void room_actor::announce(std::string_view event, std::string object, std::optional<session_ref> except) {
  replica_.tell({{}, except, std::string(event), std::move(object)});
}

void room_actor::tell_typing(const room::member& who, bool active) {
  announce("typing", room::typing(model_.name(), who.user, active), who.session);
  if (const auto lasts = kind_.rooms.typing_timeout; hub().record)
    hub().record->typing(*key_, who.user, active, hub().wall() + lasts.count(), lasts);
}

void room_actor::refuse(session_ref who, ack_id ack, error why, std::string room_not_joined) {
  hub().to_connection(who, refused{std::string(nsp()), ack, std::move(why), std::move(room_not_joined)});
}

} // namespace troupe::actors
