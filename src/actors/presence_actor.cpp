#include "actors/presence_actor.hpp"

#include "actors/hub.hpp"
#include "actors/watch_answer.hpp"
#include "base/log.hpp"
#include "core/messaging/answers.hpp"
#include "core/messaging/stamp.hpp"
#include "core/presence/presence_texts.hpp"
#include "core/socketio/encoder.hpp"

#include <caf/send.hpp>

#include <map>

namespace troupe::actors {
presence_actor::presence_actor(caf::actor_config& cfg, shard& home, std::string user, std::shared_ptr<presence::ledger> book)
  : pinned(cfg, home), user_(std::move(user)), model_(hub().opts.presence, std::move(book), now()) {}

caf::behavior presence_actor::make_behavior() {
  return {[this](presence_op& op) { on_op(op); },
          [this](wake) { on_wake(); }};
}

void presence_actor::on_end() { count_online(false); }

void presence_actor::count_online(bool online) {
  if (online == counted_online_)
    return;
  counted_online_ = online;
  hub().counts.users_online.add(online ? 1 : -1);
}

void presence_actor::on_op(presence_op& op) {
  ++seen_;
  std::visit([this](auto& m) { on(m); }, op);
  wake_at(model_.next_deadline());
}

void presence_actor::on_wake() {
  auto passed = model_.on_time(now());
  hub().counts.queue_dropped.add(static_cast<std::int64_t>(passed.expired));
  hub().counts.queued_messages.sub(static_cast<std::int64_t>(passed.expired));
  if (passed.went_offline) {
    count_online(false);
    tell_watchers("user_offline", presence::offline_text(user_, model_.now()));
    tell_update();
  }
  if (passed.idle)
    caf::anon_send(hub().directories[home().index], presence_idle{user_, seen_});
  else
    wake_at(model_.next_deadline());
}

void presence_actor::on(presence_attach& m) {
  const auto before = static_cast<std::int64_t>(model_.book().queue.size());
  auto arrived = model_.on_connect(m.socket, now(), hub().wall());
  hub().counts.queued_messages.add(static_cast<std::int64_t>(model_.book().queue.size()) - before);
  for (auto& w : arrived.waiting_here) {
    socketio::packet p;
    p.nsp = w.nsp;
    p.data = std::move(w.data);
    p.attachments = std::move(w.attachments);
    hub().counts.direct_delivered.add();
    hub().tell(m.socket.session, build_outbound(std::move(p), hub().frame_flags()));
  }
  count_online(true);
  if (!arrived.came_online)
    return;
  tell_watchers("user_online", presence::online_text(user_));
  tell_update();
}

void presence_actor::on(presence_detach& m) { model_.on_disconnect(m.socket, now(), hub().wall()); }

void presence_actor::on(presence_status& m) {
  if (model_.on_status(std::move(m.word), now()))
    tell_update();
}

void presence_actor::on(presence_watch& m) {
  auto state = model_.on_watch(m.watcher, now());
  if (!m.answer)
    return;
  if (state)
    m.answer->add(presence::state_text(user_, *state));
  else
    m.answer->fail(state.error());
}

void presence_actor::on(presence_unwatch& m) { model_.on_unwatch(m.watcher, now()); }

void presence_actor::on(presence_direct& m) {
  std::size_t bytes = m.what.args.json.size() + m.what.event.size();
  for (auto& a : m.what.args.attachments)
    bytes += a.size();
  const auto place = model_.on_direct(m.from, m.what.id, m.nsp, bytes, now(), hub().wall());
  if (place.duplicate)
    hub().counts.duplicates.add();
  else
    dispatch(m, place);
  answer(m, place);
}

void presence_actor::dispatch(presence_direct& m, const presence::dispatched& place) {
  auto args = std::move(m.what.args);
  args.json = messaging::stamped(std::move(args.json), place.ts, place.seq);
  switch (place.status) {
    case presence::delivery_status::delivered:
      hub().counts.direct_delivered.add();
      return deliver(m.nsp, hub().event(m.nsp, m.what.event, std::move(args), hub().frame_flags()));
    case presence::delivery_status::queued: {
      hub().counts.direct_queued.add();
      const auto before = static_cast<std::int64_t>(model_.book().queue.size());
      const auto dropped = model_.queue(m.nsp, socketio::event_data(m.what.event, args.json), std::move(args.attachments), now());
      hub().counts.queue_dropped.add(static_cast<std::int64_t>(dropped));
      hub().counts.queued_messages.add(static_cast<std::int64_t>(model_.book().queue.size()) - before);
      return;
    }
    case presence::delivery_status::sent: hub().counts.direct_unreachable.add();
  }
}

void presence_actor::deliver(const std::string& nsp, const outbound_ptr& what) {
  for (auto& socket : model_.sockets())
    if (socket.nsp == nsp)
      hub().tell(socket.session, what);
}

void presence_actor::answer(const presence_direct& m, const presence::dispatched& place) {
  const auto status = presence::to_string(place.status);
  if (m.sender) {
    hub().answer(*m.sender, m.nsp, m.ack, messaging::sent(m.what.id, status, place.ts));
    hub().tell(*m.sender, hub().event(m.nsp, "message:sent", {presence::sent_text(m.what.id, status), {}}, hub().frame_flags()));
  }
  if (m.done)
    m.done(direct_outcome{place.status, place.ts, place.duplicate});
}

void presence_actor::on(presence_recover&) {
  log::warn("presence-restarted", "user={}", user_);
  model_.recover(now());
  count_online(true);
  hub().to_all_connections(report_user{user_});
}

void presence_actor::on(presence_describe& m) {
  if (!m.found)
    return;
  auto state = model_.now();
  m.found({state.online, state.status, state.last_seen, model_.sockets().size()});
}

void presence_actor::tell_update() {
  if (!model_.watchers().empty())
    tell_watchers("presence:update", presence::state_text(user_, model_.now()));
}

void presence_actor::tell_watchers(std::string_view event, const std::string& object) {
  std::map<std::string_view, ports::target> by_nsp;
  for (auto& w : model_.watchers())
    by_nsp[w.nsp].sessions.push_back(w.session);
  for (auto& [nsp, to] : by_nsp) {
    hub().counts.events_out.add();
    hub().spread(std::move(to), hub().event(nsp, event, {object, {}}, hub().frame_flags()));
  }
}

} // namespace troupe::actors
