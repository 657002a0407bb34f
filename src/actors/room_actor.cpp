#include "actors/room_actor.hpp"

#include "actors/hub.hpp"
#include "base/log.hpp"
#include "core/messaging/answers.hpp"
#include "core/messaging/stamp.hpp"
#include "core/presence/presence_texts.hpp"
#include "core/room/announcements.hpp"
#include "core/room/room_key.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

room_actor::room_actor(caf::actor_config& cfg, shard& home, std::string key, std::shared_ptr<room::ledger> book)
  : pinned(cfg, home), key_(std::make_shared<const std::string>(std::move(key))),
    model_(std::string(room_of(*key_)), hub().opts.rooms, std::move(book), hub().shards(), now()) {}

caf::behavior room_actor::make_behavior() {
  return {[this](room_op& op) { on_op(op); },
          [this](wake) { on_wake(); }};
}

std::string room_actor::describe() const { return "room nsp=" + std::string(nsp()) + " name=" + model_.name(); }

std::string_view room_actor::nsp() const { return nsp_of(*key_); }

void room_actor::on_end() { hub().counts.memberships.sub(static_cast<std::int64_t>(model_.size())); }

void room_actor::on_op(room_op& op) {
  ++seen_;
  std::visit([this](auto& m) { on(m); }, op);
  wake_at(model_.next_deadline());
}

void room_actor::on_wake() {
  auto passed = model_.on_time(now());
  for (auto& who : passed.stopped_typing)
    tell_typing(who, false);
  if (passed.idle)
    caf::anon_send(hub().directories[home().index], room_idle{*key_, seen_});
  else
    wake_at(model_.next_deadline());
}

void room_actor::on(room_join& m) {
  auto joined = model_.on_join(m.who, m.announce, now());
  if (!joined)
    return refuse(m.who.session, m.ack, joined.error(), model_.name());
  hub().egress.submit(m.who.session.shard, ports::roster_join{*key_, m.who.session});
  if (joined->added)
    hub().counts.memberships.add();
  hub().answer(m.who.session, nsp(), m.ack, messaging::joined(model_.name(), joined->members));
  if (joined->announce && !m.reported)
    announce("room_joined", room::membership(model_.name(), m.who), m.who.session);
}

void room_actor::on(room_leave& m) {
  auto left = model_.on_leave(m.who, m.announce, now());
  hub().egress.submit(m.who.shard, ports::roster_leave{*key_, m.who});
  hub().answer(m.who, nsp(), m.ack, messaging::left(model_.name()));
  if (!left.gone)
    return;
  hub().counts.memberships.sub();
  if (left.was_typing)
    tell_typing(*left.gone, false);
  if (left.announce)
    announce("room_left", room::membership(model_.name(), *left.gone), {});
}

void room_actor::on(room_publish& m) {
  auto& what = m.what;
  auto place = model_.on_publish(m.sender, m.user, what.id, what.members_only, now(), hub().wall());
  if (!place) {
    if (m.sender)
      refuse(*m.sender, m.ack, place.error());
    if (m.done)
      m.done(place.error());
    return;
  }
  (place->duplicate ? hub().counts.duplicates : hub().counts.published).add();
  if (!place->duplicate) {
    if (what.stamp)
      what.args.json = messaging::stamped(std::move(what.args.json), place->ts, place->seq);
    auto out = hub().event(nsp(), what.event, std::move(what.args), hub().frame_flags(what.is_volatile));
    fan_out(out, what.include_sender ? std::nullopt : m.sender);
  }
  if (m.sender) {
    if (m.ack)
      hub().answer(*m.sender, nsp(), m.ack, messaging::published(what.id, model_.name(), place->seq, place->ts));
    confirm(m);
  }
  if (m.done)
    m.done(published{place->seq, place->ts, place->duplicate});
}

void room_actor::confirm(const room_publish& m) {
  if (!m.what.confirm)
    return;
  hub().tell(*m.sender, hub().event(nsp(), "message:sent", {presence::sent_text(m.what.id, "sent"), {}}, hub().frame_flags()));
}

void room_actor::on(room_typing& m) {
  auto news = model_.on_typing(m.who, m.active, now());
  if (!news)
    return refuse(m.who, {}, news.error());
  if (*news)
    tell_typing(*model_.find(m.who), m.active);
}

void room_actor::on(room_document& m) {
  const bool may_open = hub().counts.documents.get() < static_cast<std::int64_t>(hub().opts.max_documents);
  auto step = model_.on_document(m.who, m.what.base_version, may_open, now());
  if (!step)
    return refuse(m.who, m.ack, step.error());
  if (step->opened)
    hub().counts.documents.add();
  if (!step->applied) {
    hub().counts.refusals.add("version_conflict");
    const error why{"version_conflict", "the document has changed: apply your changes to its current version"};
    return hub().answer(m.who, nsp(), m.ack, messaging::version_conflict(why, step->version));
  }
  hub().answer(m.who, nsp(), m.ack, messaging::updated(m.what.document, step->version));
  announce("document_update", room::document_update(m.what.document, m.user, m.what.changes, step->version), m.who);
}

void room_actor::on(room_members_asked& m) {
  hub().answer(m.who, nsp(), m.ack, room::member_list(model_, m.max));
}

void room_actor::on(room_recover&) {
  log::warn("room-restarted", "{} seq={}", describe(), model_.book().seq);
  for (std::uint16_t s = 0; s < hub().shards(); ++s)
    hub().egress.submit(s, ports::list_members{*key_, [hub = hub().shared_from_this(), key = key_](std::vector<session_ref> found) {
                          for (auto who : found)
                            hub->to_connection(who, report_room{*key});
                        }});
}

void room_actor::on(room_describe& m) {
  m.into->add({std::string(nsp()), model_.name(), model_.size(), model_.book().seq});
}

void room_actor::on(room_list_members& m) {
  for (auto& [session, who] : model_.members()) {
    if (m.into->full())
      return;
    m.into->add({std::string(who.socket.view()), who.user});
  }
}

void room_actor::fan_out(const outbound_ptr& what, std::optional<session_ref> except) {
  hub().counts.events_out.add();
  auto& by_shard = model_.by_shard();
  for (std::uint16_t s = 0; s < by_shard.size(); ++s)
    if (by_shard[s] > 0)
      hub().egress.submit(s, ports::fan_out_room{key_, what, except});
}

void room_actor::announce(std::string_view event, std::string object, std::optional<session_ref> except) {
  fan_out(hub().event(nsp(), event, {std::move(object), {}}, hub().frame_flags()), except);
}

void room_actor::tell_typing(const room::member& who, bool active) {
  announce("typing", room::typing(model_.name(), who.user, active), who.session);
}

void room_actor::refuse(session_ref who, ack_id ack, error why, std::string room_not_joined) {
  hub().to_connection(who, refused{std::string(nsp()), ack, std::move(why), std::move(room_not_joined)});
}

} // namespace troupe::actors
