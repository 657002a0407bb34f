#include "actors/directory.hpp"

#include "actors/hub.hpp"
#include "actors/presence_actor.hpp"
#include "actors/room_actor.hpp"
#include "actors/watch_answer.hpp"
#include "core/cluster/room_wire.hpp"
#include "core/messaging/answers.hpp"
#include "core/presence/presence_wire.hpp"
#include "core/room/announcements.hpp"
#include "core/room/room_key.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace troupe::actors {
namespace {

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

template <class T, class... Some>
constexpr bool is_one_of = (std::is_same_v<T, Some> || ...);

/// Whether the operation makes the actor of a room that has none here. Each is named: one that nobody decided on would be lost in
/// silence, and whoever waits for its answer with it.
bool makes_room(const room_op& op) {
  return std::visit(overloaded{[](const room_from_peer& m) { return cluster::needs_home(m.payload); },
                               []<class Op>(const Op&) {
                                 constexpr bool makes
                                   = is_one_of<Op, room_join, room_resume, room_publish, room_typing, room_document, room_recover>;
                                 constexpr bool finds = is_one_of<Op, room_leave, room_members_asked, room_describe, room_list_members,
                                                                  room_home, room_peer, room_logged, room_log_opened, room_log_read,
                                                                  room_ordering_changed>;
                                 static_assert(makes != finds, "decide for this operation, and for directory::refuse");
                                 return makes;
                               }},
                    op);
}

bool makes_presence(const presence_op& op) {
  return std::visit(overloaded{[](const presence_from_peer& m) { return presence::needs_home(m.payload); },
                               []<class Op>(const Op&) {
                                 constexpr bool makes = is_one_of<Op, presence_attach, presence_watch, presence_direct, presence_recover,
                                                                  presence_bereft>;
                                 constexpr bool finds = is_one_of<Op, presence_disconnect, presence_home, presence_peer, presence_detach,
                                                                  presence_describe, presence_unwatch, presence_status,
                                                                  presence_remembered, presence_queued, presence_waiting, presence_given>;
                                 static_assert(makes != finds, "decide for this operation, and for directory::refuse");
                                 return makes;
                               }},
                    op);
}

} // namespace

directory::directory(caf::actor_config& cfg, std::shared_ptr<shard> home) : pinned(cfg, *home), home_(std::move(home)) {
  set_down_handler([this](caf::down_msg& m) { on_down(m); });
}

caf::behavior directory::make_behavior() {
  home_->here = this;
  if (home_->index == 0)
    start_queries();
  return {[this](to_room& m) { on(m); },
          [this](to_presence& m) { on(m); },
          [this](to_connection& m) { on(m); },
          [this](to_all_connections& m) { on(m); },
          [this](const room_idle& m) { on(m); },
          [this](const presence_idle& m) { on(m); },
          [this](const list_rooms& m) { on(m); },
          [this](to_queries& m) { on(m); },
          [this](const slots_news& m) { on(m); },
          [this](const peer_news& m) { on(m); },
          [this](const to_all_rooms& m) { on(m); },
          [this](tick) { home_->timers.fire(now()); },
          [this](broadcast_acks_due m) { hub().acks.close(m.id); },
          [this](const close_connections& m) { on(m); },
          [this](connection_ended m) { on(m); },
          [this](const end_entries& m) { on(m); }};
}

void directory::on_end() {
  home_->timers.stop();
  home_->here = nullptr;
}

bool directory::forward(const std::string& key, room_op& what) {
  auto e = rooms_.find(key);
  if (!e)
    return false;
  ++e->forwarded;
  caf::anon_send(e->actor, std::move(what));
  return true;
}

void directory::on(to_room& m) {
  if (m.from_here)
    --home_->rooms_unread;
  auto e = rooms_.find(m.key);
  if (!e && makes_room(m.what))
    e = make_room(m.key);
  if (!e)
    return refuse(m.key, m.what);
  ++e->forwarded;
  caf::anon_send(e->actor, std::move(m.what));
}

void directory::on(to_presence& m) {
  auto e = presences_.find(m.user);
  const bool elsewhere = hub().links && std::holds_alternative<presence_describe>(m.what); // the home knows
  if (!e && (elsewhere || makes_presence(m.what)))
    e = make_presence(m.user);
  if (!e)
    return refuse(m.what);
  ++e->forwarded;
  caf::anon_send(e->actor, std::move(m.what));
}

void directory::on(to_connection& m) {
  if (auto connection = home_->connections.find(m.session))
    caf::anon_send(*connection, std::move(m.what));
  else if (auto p = std::get_if<perform>(&m.what); p && p->done)
    p->done(false);
  else if (auto w = std::get_if<deliver_waiting>(&m.what))
    w->done(false);
}

void directory::on(to_all_connections& m) {
  home_->connections.for_each([&](const caf::actor& c) { caf::anon_send(c, m.what); });
}

directory::rooms::entry* directory::make_room(const std::string& key) {
  if (ending_ || hub().counts.rooms.get() >= static_cast<std::int64_t>(hub().opts.limit.max_rooms))
    return nullptr;
  auto book = std::make_shared<room_book>();
  auto actor = home_->system.spawn<room_actor, caf::lazy_init>(*home_, key, book);
  watch(actor);
  hub().counts.rooms.add();
  return &rooms_.add(key, std::move(actor), std::move(book));
}

directory::presences::entry* directory::make_presence(const std::string& user) {
  if (ending_ || hub().counts.presences.get() >= static_cast<std::int64_t>(hub().opts.presence.max_entries))
    return nullptr;
  auto book = std::make_shared<presence::ledger>();
  book->last_seen = last_seen_.find(user);
  auto actor = home_->system.spawn<presence_actor, caf::lazy_init>(*home_, user, book);
  watch(actor);
  hub().counts.presences.add();
  return &presences_.add(user, std::move(actor), std::move(book));
}

void directory::refuse(const std::string& key, room_op& op) {
  const error why{"room_limit", "this node has no place for another room"};
  auto tell = [&](session_ref who, ack_id ack, std::string room = {}) {
    hub().to_connection(who, refused{std::string(nsp_of(key)), ack, why, std::move(room)});
  };
  std::visit(overloaded{[&](room_join& m) { tell(m.who.session, m.ack, std::string(room_of(key))); },
                        [&](room_resume& m) {
                          hub().to_connection(m.who.session, room_resumed{std::string(nsp_of(key)), std::string(room_of(key)), {}, why});
                        },
                        [&](room_leave& m) { hub().answer(m.who, nsp_of(key), m.ack, messaging::left(room_of(key))); },
                        [&](room_publish& m) {
                          if (m.sender)
                            tell(*m.sender, m.ack);
                          if (m.done)
                            m.done(why);
                        },
                        [&](room_members_asked& m) {
                          const room::room_model nobody(std::string(room_of(key)), hub().opts.rooms, 0, now());
                          hub().answer(m.who, nsp_of(key), m.ack, room::member_list(nobody, m.max, 0));
                        },
                        [&](room_document& m) { tell(m.who, m.ack); },
                        [&](room_typing& m) { tell(m.who, {}); },
                        [](auto&) {}},
             op);
}

void directory::refuse(presence_op& op) {
  const error why{"user_limit", "this node has no place for another user"};
  std::visit(overloaded{[&](presence_watch& m) {
                          if (m.answer)
                            m.answer->fail(why);
                        },
                        [&](presence_direct& m) {
                          if (m.sender)
                            hub().to_connection(*m.sender, refused{m.nsp, m.ack, why, {}});
                          if (m.done)
                            m.done(why);
                        },
                        [](presence_describe& m) {
                          if (m.found)
                            m.found({false, "offline", std::nullopt, 0});
                        },
                        [](auto&) {}},
             op);
}

void directory::on(const room_idle& m) {
  auto e = rooms_.take_idle(m.key, m.seen);
  if (!e)
    return;
  forget_room(*e);
  delete_history(m.key, *e);
  caf::anon_send_exit(e->actor, caf::exit_reason::user_shutdown);
}

void directory::on(const presence_idle& m) {
  auto e = presences_.take_idle(m.user, m.seen);
  if (!e)
    return;
  if (e->book->last_seen)
    last_seen_.keep(m.user, *e->book->last_seen);
  hub().counts.presences.sub();
  caf::anon_send_exit(e->actor, caf::exit_reason::user_shutdown);
}

void directory::on(const list_rooms& m) {
  for (auto& [key, e] : rooms_) {
    const auto home = home_->slots.home_of(key).node;
    if (home && home != hub().opts.me)
      continue;
    ++*m.count;
    if (m.into->full())
      continue;
    ++e.forwarded;
    caf::anon_send(e.actor, room_op{room_describe{m.into}});
  }
}

void directory::on(to_queries& m) {
  if (queries_)
    caf::anon_send(queries_, std::move(m.what));
}

void directory::on(const slots_news& m) {
  std::vector<bool> moved(cluster::slot_count);
  for (auto& [slot, where] : *m.slots) {
    home_->slots.set(slot, where);
    moved[slot] = true;
  }
  for (auto& [key, e] : rooms_)
    if (moved[cluster::slot_of(key)]) {
      ++e.forwarded;
      caf::anon_send(e.actor, room_op{room_home{home_->slots.home_of(key), m.reported}});
    }
  for (auto& [user, e] : presences_)
    if (moved[cluster::slot_of(user)]) {
      ++e.forwarded;
      caf::anon_send(e.actor, presence_op{presence_home{home_->slots.home_of(user), m.reported}});
    }
}

void directory::on(const to_all_rooms& m) {
  for (auto& [key, e] : rooms_) {
    ++e.forwarded;
    caf::anon_send(e.actor, m.what);
  }
}

void directory::on(const peer_news& m) {
  if (m.what != room_peer::news::gone)
    home_->know_peer(m.node, m.id, m.what == room_peer::news::up);
  else if (home_->peers.contains(m.node))
    return; // the cluster's part gave it up by mistake, or by older news: its link lives
  for (auto& [key, e] : rooms_) {
    ++e.forwarded;
    caf::anon_send(e.actor, room_op{room_peer{m.node, m.what}});
  }
  for (auto& [user, e] : presences_) {
    ++e.forwarded;
    caf::anon_send(e.actor, presence_op{presence_peer{m.node, m.what}});
  }
}

} // namespace troupe::actors
